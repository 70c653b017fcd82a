"""How to use a repository from the libraries that read it, always with this hub's own address."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from freehold.base.ids import RepoId, RepoKind


@dataclass(frozen=True, slots=True)
class Snippet:
    """One way; `language` is what the code is highlighted as."""

    title: str
    language: str
    code: str


@dataclass(frozen=True, slots=True)
class Traits:
    """What decides which ways there are."""

    repo_id: RepoId
    base: str
    """The hub's address as the visitor's tools must spell it."""
    library: str = ""
    task: str = ""
    auto_model: str = ""
    files: frozenset[str] = frozenset()
    """The names of the files at the top."""
    private: bool = False
    revision: str = "main"


def snippets(traits: Traits) -> Sequence[Snippet]:
    """The ways, the most fitting first."""
    return tuple(_of_library(traits)) + tuple(_of_anyone(traits))


def _of_library(traits: Traits) -> Iterator[Snippet]:
    name, head = traits.repo_id.full, _python_head(traits)
    if traits.repo_id.kind is RepoKind.DATASET:
        code = f'{head}from datasets import load_dataset\ndataset = load_dataset("{name}")'
        yield Snippet("datasets", "python", code)
    if traits.repo_id.kind is not RepoKind.MODEL:
        return
    if traits.library == "sentence-transformers" or "modules.json" in traits.files:
        code = f'from sentence_transformers import SentenceTransformer\nmodel = SentenceTransformer("{name}")'
        yield Snippet("sentence-transformers", "python", head + code)
    if traits.library == "diffusers" or "model_index.json" in traits.files:
        code = f'from diffusers import DiffusionPipeline\npipeline = DiffusionPipeline.from_pretrained("{name}")'
        yield Snippet("diffusers", "python", head + code)
    if traits.library == "peft" or "adapter_config.json" in traits.files:
        code = f'from peft import AutoPeftModel\nmodel = AutoPeftModel.from_pretrained("{name}")'
        yield Snippet("peft", "python", head + code)
    if traits.auto_model or traits.library == "transformers":
        yield Snippet("transformers", "python", head + _transformers(traits))


def _transformers(traits: Traits) -> str:
    name, auto_model = traits.repo_id.full, traits.auto_model or "AutoModel"
    model = f'model = {auto_model}.from_pretrained("{name}")'
    if not any(file.startswith(("tokenizer", "vocab", "spiece")) for file in traits.files):
        return f"from transformers import {auto_model}\n{model}"
    tokenizer = f'tokenizer = AutoTokenizer.from_pretrained("{name}")'
    return f"from transformers import {auto_model}, AutoTokenizer\n{tokenizer}\n{model}"


def _of_anyone(traits: Traits) -> Iterator[Snippet]:
    repo, base = traits.repo_id, traits.base
    kind = "" if repo.kind is RepoKind.MODEL else f" --repo-type {repo.kind}"
    typed = "" if repo.kind is RepoKind.MODEL else f', repo_type="{repo.kind}"'
    call = f'from huggingface_hub import snapshot_download\nfolder = snapshot_download("{repo.full}"{typed})'
    yield Snippet("huggingface_hub", "python", _python_head(traits) + call)
    yield Snippet("hf", "bash", f"export HF_ENDPOINT={base}\nhf download {repo.full}{kind}")
    file = next((name for name in ("README.md", "config.json") if name in traits.files), "")
    file = file or next(iter(sorted(traits.files)), "README.md")
    header = '-H "Authorization: Bearer $HF_TOKEN" ' if traits.private else ""
    yield Snippet("curl", "bash", f"curl -L -O {header}{base}/{repo.path}/resolve/{traits.revision}/{file}")
    clone = f"git lfs install\ngit clone {base}/{repo.path}"
    yield Snippet("git", "bash", clone + ("\n# the password is an access token" if traits.private else ""))


def _python_head(traits: Traits) -> str:
    return f'import os\nos.environ["HF_ENDPOINT"] = "{traits.base}"\n\n'
