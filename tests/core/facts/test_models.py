"""What a model is, is told by its files where the card is silent."""

import json
import struct

import pytest

from freehold.core.facts.quantization import variant_of
from tests.core.facts.reader import MemoryReader
from tests.core.facts.test_facts import weights

CROSS = {"model_type": "CrossEncoder"}


def made(facts, files):
    reader = MemoryReader(
        {name: data if isinstance(data, bytes) else json.dumps(data).encode() for name, data in files.items()}
    )
    return facts.all(reader, reader.revision().commit)


def card(**front):
    return ("---\n" + "".join(f"{key}: {json.dumps(value)}\n" for key, value in front.items()) + "---\n").encode()


def text(value):
    raw = value.encode()
    return struct.pack("<Q", len(raw)) + raw


def gguf(**values):
    pairs = b"".join(
        text(key) + (struct.pack("<I", 8) + text(value) if isinstance(value, str) else struct.pack("<II", 4, value))
        for key, value in values.items()
    )
    return b"GGUF" + struct.pack("<IQQ", 3, 0, len(values)) + pairs


@pytest.mark.parametrize(
    ("files", "library", "task"),
    [
        ({"modules.json": []}, "sentence-transformers", "sentence-similarity"),
        ({"config_sentence_transformers.json": CROSS}, "sentence-transformers", "text-ranking"),
        ({"modules.json": [], "config_setfit.json": {}}, "setfit", "text-classification"),
        ({"model_index.json": {"_class_name": "FluxPipeline"}}, "diffusers", "text-to-image"),
        ({"model_index.json": {"_class_name": "FluxKontextPipeline"}}, "diffusers", "image-to-image"),
        ({"model_index.json": {"_class_name": "WanPipeline"}}, "diffusers", "text-to-video"),
        ({"model_index.json": {"_class_name": "WanImageToVideoPipeline"}}, "diffusers", "image-to-video"),
        ({"model_index.json": {"_class_name": "DDPMPipeline"}}, "diffusers", "unconditional-image-generation"),
        ({"model_index.json": {"_class_name": "StableAudioPipeline"}}, "diffusers", "text-to-audio"),
        ({"config.json": {"_diffusers_version": "0.30.0", "_class_name": "UNet2DModel"}}, "diffusers", None),
        ({"pytorch_lora_weights.safetensors": weights(w=("F16", [2], 4))}, "diffusers", "text-to-image"),
        ({"adapter_config.json": {"peft_type": "LORA", "task_type": "CAUSAL_LM"}}, "peft", "text-generation"),
        ({"adapter_config.json": {"model_class": "BertAdapterModel"}}, "adapter-transformers", None),
        ({"config.json": {"architecture": "resnet50", "num_classes": 1000}}, "timm", "image-classification"),
        ({"config.json": {"architecture": "vit", "num_classes": 0}}, "timm", "image-feature-extraction"),
        ({"config.json": {"sklearn": {"task": "tabular-regression"}}}, "sklearn", "tabular-regression"),
        ({"model.skops": b""}, "sklearn", None),
        ({"open_clip_config.json": {}}, "open_clip", "zero-shot-image-classification"),
        ({"meta.json": {"spacy_version": ">=3", "pipeline": ["tok2vec", "ner"]}}, "spacy", "token-classification"),
        ({"config.json": {"model_type": "span-marker"}}, "span-marker", "token-classification"),
        ({"config.json": {"model_type": "bert", "architectures": ["BertForMaskedLM"]}}, "transformers", "fill-mask"),
        ({"config.json": {"module": "keras_hub.src.models.x"}}, "keras-hub", None),
        ({"model.keras": b""}, "keras", None),
        ({"stt.nemo": b""}, "nemo", None),
        ({"lid.ftz": b""}, "fasttext", None),
        ({"model.bin": (793712314).to_bytes(4, "little") + b"\0" * 20}, "fasttext", None),
        ({"model.bin": b"\0" * 24}, None, None),
        ({"gliner_config.json": {}}, "gliner", "token-classification"),
        ({"config.json": {"policy_class": "x"}}, "stable-baselines3", "reinforcement-learning"),
        ({"config.json": {"type": "act", "input_features": {}}}, "lerobot", "robotics"),
        ({"a.onnx": b""}, "onnx", None),
        ({"openvino_model.xml": b"", "openvino_model.bin": b""}, "openvino", None),
        ({"a.gguf": gguf(**{"general.architecture": "bert"})}, "gguf", "feature-extraction"),
        (
            {"a.gguf": gguf(**{"general.architecture": "llama", "tokenizer.chat_template": "x"}), "mmproj-a.gguf": b""},
            "gguf",
            "image-text-to-text",
        ),
        (
            {"config.json": {"model_type": "llama", "quantization": {"bits": 4, "group_size": 64}}},
            "mlx",
            None,
        ),
        ({"README.md": card(tags=["timm", "image-classification"])}, "timm", "image-classification"),
        ({"README.md": card(library_name="mine", pipeline_tag="robotics")}, "mine", "robotics"),
        ({"notes.txt": b""}, None, None),
    ],
)  # fmt: skip
def test_library_and_task_are_inferred(facts, files, library, task):
    found = made(facts, files)["tags"]
    assert (found.get("library_name"), found.get("pipeline_tag")) == (library, task)


@pytest.mark.parametrize(
    ("config", "tags"),
    [
        ({"quant_method": "gptq", "bits": 4}, ["4-bit", "gptq"]),
        ({"quant_method": "awq", "w_bit": 4}, ["4-bit", "awq"]),
        ({"load_in_4bit": True}, ["4-bit", "bitsandbytes"]),
        ({"quant_method": "bitsandbytes", "load_in_8bit": True}, ["8-bit", "bitsandbytes"]),
        ({"quant_method": "fp8"}, ["8-bit", "fp8"]),
        (
            {"quant_method": "compressed-tensors", "config_groups": {"group_0": {"weights": {"num_bits": 8}}}},
            ["8-bit", "compressed-tensors"],
        ),
        ({"bits": "many", "config_groups": [1], "quant_method": {}}, []),
    ],
)
def test_quantisation_is_tagged_as_the_hub_tags_it(facts, config, tags):
    found = made(facts, {"config.json": {"model_type": "llama", "quantization_config": config}})
    assert [tag for tag in found["tags"]["tags"] if tag not in ("transformers", "llama")] == tags


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("birds-Q4_K_M.gguf", "Q4_K_M"),
        ("birds.q8_0.gguf", "Q8_0"),
        ("birds-7B-IQ2_XXS-00001-of-00002.gguf", "IQ2_XXS"),
        ("BF16/birds.gguf", "BF16"),
        ("birds-fp16.gguf", "F16"),
        ("gpt-mxfp4.gguf", "MXFP4"),
        ("Qwen2.gguf", ""),
    ],
)
def test_a_gguf_name_tells_its_quantisation(path, name):
    assert variant_of(path) == name


def test_gguf_variants_are_summed_over_their_parts(facts):
    files = {"b-Q8_0-00001-of-00002.gguf": b"x" * 40, "b-Q8_0-00002-of-00002.gguf": b"x" * 30, "b-Q4_0.gguf": b"x" * 9}
    found = made(facts, files)["quantization"]["variants"]
    assert [(one["name"], one["bits"], one["bytes"], one["files"]) for one in found] == [
        ("Q4_0", 4, 9, 1), ("Q8_0", 8, 70, 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "relation", "bases"),
    [
        ({"README.md": card(base_model="acme/base")}, "finetune", ["acme/base"]),
        ({"README.md": card(base_model="https://huggingface.co/acme/base")}, "finetune", ["acme/base"]),
        ({"README.md": card(base_model=["acme/a", "acme/b"])}, "merge", ["acme/a", "acme/b"]),
        ({"README.md": card(base_model="acme/a", tags=["mergekit"])}, "merge", ["acme/a"]),
        ({"README.md": card(base_model="acme/a", base_model_relation="quantized")}, "quantized", ["acme/a"]),
        ({"README.md": card(base_model="acme/a"), "a-Q4_0.gguf": b""}, "quantized", ["acme/a"]),
        ({"adapter_config.json": {"base_model_name_or_path": "acme/base"}}, "adapter", ["acme/base"]),
        ({"adapter_config.json": {"base_model_name_or_path": "/home/alice/base"}}, None, []),
        ({"adapter_config.json": {"base_model_name_or_path": "./out/merged"}}, None, []),
        (
            {
                "a.gguf": gguf(
                    **{
                        "general.base_model.count": 1,
                        "general.base_model.0.repo_url": "https://huggingface.co/acme/base",
                    }
                )
            },
            "quantized",
            ["acme/base"],
        ),
    ],
)  # fmt: skip
def test_the_base_and_what_was_done_to_it(facts, files, relation, bases):
    found = made(facts, files)
    assert (found["lineage"].get("relation"), found["lineage"].get("models", [])) == (relation, bases)
    named = [tag for tag in found["tags"]["tags"] if tag.startswith("base_model:")]
    assert named == [f"base_model:{one}" for one in bases] + [f"base_model:{relation}:{one}" for one in bases]


def test_weights_are_weighed_by_type(facts):
    found = made(facts, {"model.safetensors": weights(w=("F32", [2, 3], 24), i=("I64", [4], 32))})
    assert found["weights"] == {"parameters": {"F32": 6, "I64": 4}, "bytes": {"F32": 24, "I64": 32}}
    assert found["safetensors"] == {"parameters": {"F32": 6, "I64": 4}, "total": 10}


def test_papers_are_found_however_they_are_cited(facts):
    body = b"See arXiv:1706.03762, https://huggingface.co/papers/2307.09288 and https://doi.org/10.1000/xyz-1.\n"
    found = made(facts, {"README.md": card() + body})["tags"]["tags"]
    assert found == ["arxiv:1706.03762", "arxiv:2307.09288", "doi:10.1000/xyz-1"]


def test_a_chat_model_and_its_own_code_are_tagged(facts):
    config = {"model_type": "phi", "architectures": ["PhiForCausalLM"], "auto_map": {"AutoModel": "x"}}
    found = made(facts, {"config.json": config, "tokenizer_config.json": {"chat_template": "{{ x }}"}})
    assert found["tags"]["tags"] == ["transformers", "phi", "text-generation", "conversational", "custom_code"]


@pytest.mark.parametrize(
    ("files", "fact"),
    [
        (
            {"config.json": {"architectures": ["LlamaForCausalLM"], "max_position_embeddings": 8192}},
            {"name": "LlamaForCausalLM", "context_length": 8192},
        ),
        (
            {"config.json": {"model_type": "gemma3", "text_config": {"max_position_embeddings": 4096}}},
            {"name": "gemma3", "context_length": 4096},
        ),
        (
            {"a.gguf": gguf(**{"general.architecture": "llama", "llama.context_length": 2048})},
            {"name": "llama", "context_length": 2048},
        ),
        ({"config.json": {"model_type": 3, "architectures": [[]], "n_ctx": 10**30, "text_config": 1}}, {}),
    ],
)
def test_the_network_and_its_context(facts, files, fact):
    assert made(facts, files)["architecture"] == fact
