"""Programs that run a model on one's own machine, and what each needs to be pointed at this hub."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from freehold.base.words import later
from freehold.web.languages import say
from freehold.web.snippets.ways import Group, Snippet, Traits, Variant

_SERVED = frozenset(("any-to-any", "image-text-to-text", "text-generation", "text2text-generation"))
_USUAL = ("Q4_K_M", "Q4_0", "Q5_K_M", "Q8_0")
_NO_ENDPOINT = later(
    "%(app)s asks huggingface.co alone and cannot be pointed at another hub: fetch the file, then import it."
)


def of_apps(traits: Traits) -> Iterator[Snippet]:
    """The programs that run this model."""
    if traits.variants:
        yield from _of_gguf(traits, _usual(traits))
    elif traits.library == "mlx":
        code = f'{traits.shell}mlx_lm.generate --model {traits.name} --prompt "Hello"'
        yield Snippet("mlx-lm", "bash", code, Group.APP, say("MLX runs on computers with Apple's own chips."))
    elif traits.task in _SERVED and traits.auto_model:
        trust = " --trust-remote-code" if traits.own_code else ""
        yield Snippet("vLLM", "bash", f"{traits.shell}vllm serve {traits.name}{trust}", Group.APP)
        code = f"{traits.shell}python -m sglang.launch_server --model-path {traits.name}{trust}"
        yield Snippet("SGLang", "bash", code, Group.APP)


def _usual(traits: Traits) -> Variant:
    """What most people take first, else the middle one by size."""
    named = {variant.name: variant for variant in traits.variants}
    return next((named[name] for name in _USUAL if name in named), traits.variants[len(traits.variants) // 2])


def _of_gguf(traits: Traits, chosen: Variant) -> Iterator[Snippet]:
    tag = f":{chosen.name}" if chosen.name else ""
    program = "llama-server" if traits.chats else "llama-server --embedding" if _embeds(traits) else "llama-cli"
    yield Snippet("llama.cpp", "bash", f"{traits.shell}{program} -hf {traits.name}{tag}", Group.APP)
    yield _ollama(traits, chosen, tag)
    code = f"{traits.shell}vllm serve {traits.name}{tag}" if tag else ""
    if code and chosen.files == 1:
        yield Snippet("vLLM", "bash", code, Group.APP, say("vLLM's reader of GGUF is experimental."))
    yield _lm_studio(traits, chosen)


def _embeds(traits: Traits) -> bool:
    return traits.task in ("feature-extraction", "sentence-similarity")


def _ollama(traits: Traits, chosen: Variant, tag: str) -> Snippet:
    parts = urlsplit(traits.base)
    if parts.path.strip("/"):
        note = say("This hub's address has a path, which Ollama cannot spell: fetch the file, and make a model of it.")
        code = f'{_fetch(traits, chosen)}\necho "FROM ./{chosen.path}" > Modelfile\nollama create {traits.repo_id.name}'
        return Snippet("Ollama", "bash", code, Group.APP, note)
    if chosen.files > 1:
        note = say("Ollama cannot join the parts of this file; choose a quantisation that is in one.")
        return Snippet("Ollama", "bash", f"ollama pull {parts.netloc}/{traits.name}", Group.APP, note)
    note = (
        say(
            "Register Ollama's own key (~/.ollama/id_ed25519.pub) at %(address)s first.",
            address=f"{traits.base}/settings/keys",
        )
        if traits.closed
        else ""
    )
    model = f"{parts.netloc}/{traits.name}{tag}"
    pull = f"ollama pull {model} --insecure\n" if parts.scheme == "http" else ""
    return Snippet("Ollama", "bash", f"{pull}ollama run {model}", Group.APP, note)


def _lm_studio(traits: Traits, chosen: Variant) -> Snippet:
    code = f"{_fetch(traits, chosen)}\nlms import {chosen.path}"
    return Snippet("LM Studio", "bash", code, Group.APP, say(_NO_ENDPOINT, app="LM Studio"))


def _fetch(traits: Traits, chosen: Variant) -> str:
    return f"{traits.shell}hf download {traits.name} {chosen.path} --local-dir ."
