"""All ways of using a repository, the most fitting first."""

from collections.abc import Iterator, Sequence

from freehold.base.ids import RepoKind
from freehold.web.snippets.apps import of_apps
from freehold.web.snippets.data import of_dataset
from freehold.web.snippets.libraries import of_model
from freehold.web.snippets.ways import Group, Snippet, Traits


def snippets(traits: Traits) -> Sequence[Snippet]:
    """The ways that there are for what the repository is and holds."""
    if traits.repo_id.kind is RepoKind.DATASET:
        return (*of_dataset(traits), *_of_anyone(traits))
    if traits.repo_id.kind is RepoKind.MODEL:
        return (*of_model(traits), *of_apps(traits), *_of_anyone(traits))
    return tuple(_of_anyone(traits))


def grouped(ways: Sequence[Snippet]) -> Sequence[tuple[Group, Sequence[Snippet]]]:
    """The ways by group, those without any left out."""
    groups = [(group, [way for way in ways if way.group is group]) for group in Group]
    return [(group, found) for group, found in groups if found]


def _of_anyone(traits: Traits) -> Iterator[Snippet]:
    repo = traits.repo_id
    plain = repo.kind is RepoKind.MODEL
    typed, kind = ("", "") if plain else (f', repo_type="{repo.kind}"', f" --repo-type {repo.kind}")
    call = f'from huggingface_hub import snapshot_download\nfolder = snapshot_download("{repo.full}"{typed})'
    yield Snippet("huggingface_hub", "python", traits.head + call, Group.TOOL)
    yield Snippet("hf", "bash", f"{traits.shell}hf download {repo.full}{kind}", Group.TOOL)
    file = next((name for name in ("README.md", "config.json") if name in traits.files), "")
    file = file or next(iter(sorted(traits.files)), "README.md")
    header = '-H "Authorization: Bearer $HF_TOKEN" ' if traits.closed else ""
    yield Snippet("curl", "bash", f"curl -L -O {header}{traits.address(file)}", Group.TOOL)
    clone = f"git lfs install\ngit clone {traits.base}/{repo.path}"
    yield Snippet("git", "bash", clone + ("\n# the password is an access token" if traits.closed else ""), Group.TOOL)
