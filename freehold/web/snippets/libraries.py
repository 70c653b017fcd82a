"""Python and JavaScript libraries that load a model by its name."""

from collections.abc import Callable, Iterator, Mapping

from freehold.web.languages import say
from freehold.web.snippets.ways import Snippet, Traits

_PEFT = {
    "text-generation": "AutoPeftModelForCausalLM",
    "text2text-generation": "AutoPeftModelForSeq2SeqLM",
    "text-classification": "AutoPeftModelForSequenceClassification",
    "token-classification": "AutoPeftModelForTokenClassification",
    "question-answering": "AutoPeftModelForQuestionAnswering",
    "feature-extraction": "AutoPeftModelForFeatureExtraction",
}
_BY_SIGN = (
    ("modules.json", "sentence-transformers"),
    ("model_index.json", "diffusers"),
    ("adapter_config.json", "peft"),
)


def of_model(traits: Traits) -> Iterator[Snippet]:
    """The libraries that read a model, its own first."""
    libraries = [traits.library, *(library for sign, library in _BY_SIGN if sign in traits.files)]
    if traits.auto_model:
        libraries.append("transformers")
    if traits.variants:
        libraries.append("gguf")
    for library in dict.fromkeys(libraries):
        if library in _WAYS:
            yield _python(traits, library)
    if traits.library in ("transformers.js", "transformers") and "onnx" in traits.formats:
        yield _transformers_js(traits)


def _python(traits: Traits, library: str) -> Snippet:
    title, code, note = _WAYS[library](traits)
    return Snippet(title, "python", traits.head + code, note=note)


Way = tuple[str, str, str]
"""Title, code, note."""


def _simple(title: str, module: str, what: str, call: str) -> Callable[[Traits], Way]:
    """Import `what` from `module` and give `call` the repository's name."""
    return lambda traits: (title, f"from {module} import {what}\n{call.format(name=traits.name)}", "")


def _transformers(traits: Traits) -> Way:
    auto_model, trust = traits.auto_model or "AutoModel", ", trust_remote_code=True" if traits.own_code else ""
    note = say("It runs code from this repository on your machine: read it first.") if traits.own_code else ""
    model = f'model = {auto_model}.from_pretrained("{traits.name}"{trust})'
    texts = any(file.startswith(("tokenizer", "vocab", "spiece")) for file in traits.files)
    processor = traits.processor or ("AutoTokenizer" if texts else "")
    if not processor:
        return "transformers", f"from transformers import {auto_model}\n{model}", note
    variable = "tokenizer" if processor == "AutoTokenizer" else "processor"
    made = f'{variable} = {processor}.from_pretrained("{traits.name}"{trust})'
    return "transformers", f"from transformers import {auto_model}, {processor}\n{made}\n{model}", note


def _sentence_transformers(traits: Traits) -> Way:
    kind = {"text-ranking": "CrossEncoder"}.get(traits.task, "SentenceTransformer")
    code = f'from sentence_transformers import {kind}\nmodel = {kind}("{traits.name}")'
    return "sentence-transformers", code, ""


def _diffusers(traits: Traits) -> Way:
    if not traits.ending("pytorch_lora_weights.safetensors", "pytorch_lora_weights.bin"):
        code = f'from diffusers import DiffusionPipeline\npipeline = DiffusionPipeline.from_pretrained("{traits.name}")'
        return "diffusers", code, ""
    base = traits.bases[0] if traits.bases else "namespace/base-model"
    code = (
        f'from diffusers import DiffusionPipeline\npipeline = DiffusionPipeline.from_pretrained("{base}")\n'
        f'pipeline.load_lora_weights("{traits.name}")'
    )
    return "diffusers", code, say("The base model is fetched from this hub, too.")


def _peft(traits: Traits) -> Way:
    auto_model = _PEFT.get(traits.task, "AutoPeftModel")
    note = say("The base model %(name)s is fetched from this hub, too.", name=traits.bases[0]) if traits.bases else ""
    return "peft", f'from peft import {auto_model}\nmodel = {auto_model}.from_pretrained("{traits.name}")', note


def _adapters(traits: Traits) -> Way:
    base = traits.bases[0] if traits.bases else "namespace/base-model"
    code = (
        f'from adapters import AutoAdapterModel\nmodel = AutoAdapterModel.from_pretrained("{base}")\n'
        f'model.set_active_adapters(model.load_adapter("{traits.name}"))'
    )
    return "adapters", code, say("The base model is fetched from this hub, too.")


def _file(title: str, endings: tuple[str, ...], otherwise: str, code: str) -> Callable[[Traits], Way]:
    """Fetch one file and open it with `code`, in which `path` is where it lies."""

    def way(traits: Traits) -> Way:
        name = traits.ending(*endings) or otherwise
        fetched = f'from huggingface_hub import hf_hub_download\npath = hf_hub_download("{traits.name}", "{name}")\n'
        return title, fetched + code, ""

    return way


def _folder(title: str, code: str) -> Callable[[Traits], Way]:
    """Fetch everything and open it with `code`, in which `folder` is where it lies."""
    fetched = 'from huggingface_hub import snapshot_download\nfolder = snapshot_download("{name}")\n'
    return lambda traits: (title, fetched.format(name=traits.name) + code, "")


def _gguf(traits: Traits) -> Way:
    path = traits.variants[0].path if traits.variants else traits.ending(".gguf") or "model.gguf"
    code = f'from llama_cpp import Llama\nllm = Llama.from_pretrained("{traits.name}", filename="{path}")'
    return "llama-cpp-python", code, ""


def _mlx(traits: Traits) -> Way:
    code = f'from mlx_lm import load, generate\nmodel, tokenizer = load("{traits.name}")'
    return "mlx", code, say("MLX runs on computers with Apple's own chips.")


def _keras(traits: Traits) -> Way:
    return "keras", f'import keras\nmodel = keras.saving.load_model("hf://{traits.name}")', ""


def _open_clip(traits: Traits) -> Way:
    code = (
        f'import open_clip\nmodel, preprocess = open_clip.create_model_from_pretrained("hf-hub:{traits.name}")\n'
        f'tokenizer = open_clip.get_tokenizer("hf-hub:{traits.name}")'
    )
    return "open_clip", code, ""


def _transformers_js(traits: Traits) -> Snippet:
    code = (
        'import { env, pipeline } from "@huggingface/transformers";\n'
        f'env.remoteHost = "{traits.base}";\n'
        f'const run = await pipeline("{traits.task or "feature-extraction"}", "{traits.name}");'
    )
    note = say("In a browser it can open public repositories only.") if traits.closed else ""
    return Snippet("transformers.js", "javascript", code, note=note)


_SKLEARN = _file(
    "scikit-learn",
    (".skops",),
    "model.skops",
    "import skops.io\nprint(skops.io.get_untrusted_types(file=path))\n"
    "model = skops.io.load(path, trusted=[])  # name the types above that you trust",
)
_WAYS: Mapping[str, Callable[[Traits], Way]] = {
    "adapter-transformers": _adapters,
    "bertopic": _simple("bertopic", "bertopic", "BERTopic", 'model = BERTopic.load("{name}")'),
    "diffusers": _diffusers,
    "fasttext": _file("fasttext", (".bin", ".ftz"), "model.bin", "import fasttext\nmodel = fasttext.load_model(path)"),
    "flair": _simple("flair", "flair.models", "SequenceTagger", 'tagger = SequenceTagger.load("{name}")'),
    "gguf": _gguf,
    "gliner": _simple("gliner", "gliner", "GLiNER", 'model = GLiNER.from_pretrained("{name}")'),
    "keras": _keras,
    "keras-hub": _simple("keras-hub", "keras_hub.models", "Backbone", 'model = Backbone.from_preset("hf://{name}")'),
    "llama-cpp-python": _gguf,
    "mlx": _mlx,
    "model2vec": _simple("model2vec", "model2vec", "StaticModel", 'model = StaticModel.from_pretrained("{name}")'),
    "nemo": _simple("nemo", "nemo.core", "ModelPT", 'model = ModelPT.from_pretrained("{name}")'),
    "onnx": _file(
        "onnxruntime", (".onnx",), "model.onnx", "import onnxruntime\nsession = onnxruntime.InferenceSession(path)"
    ),
    "open_clip": _open_clip,
    "openvino": _folder(
        "openvino", 'import openvino\nmodel = openvino.Core().read_model(f"{folder}/openvino_model.xml")'
    ),
    "peft": _peft,
    "pyannote-audio": _simple("pyannote", "pyannote.audio", "Model", 'model = Model.from_pretrained("{name}")'),
    "scikit-learn": _SKLEARN,
    "sentence-transformers": _sentence_transformers,
    "setfit": _simple("setfit", "setfit", "SetFitModel", 'model = SetFitModel.from_pretrained("{name}")'),
    "sklearn": _SKLEARN,
    "spacy": _folder("spacy", "import spacy\nnlp = spacy.load(folder)"),
    "span-marker": _simple(
        "span-marker", "span_marker", "SpanMarkerModel", 'model = SpanMarkerModel.from_pretrained("{name}")'
    ),
    "speechbrain": _simple(
        "speechbrain", "speechbrain.inference", "Pretrained", 'model = Pretrained.from_hparams(source="{name}")'
    ),
    "timm": lambda traits: (
        "timm",
        f'import timm\nmodel = timm.create_model("hf_hub:{traits.name}", pretrained=True)',
        "",
    ),
    "transformers": _transformers,
    "ultralytics": _file("ultralytics", (".pt",), "model.pt", "from ultralytics import YOLO\nmodel = YOLO(path)"),
}
LIBRARIES = frozenset(_WAYS)
"""The libraries that a way is known for."""
