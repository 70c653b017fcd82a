"""The memory that a model takes is that of its smallest form, and nobody's guess where nothing tells."""

import json

import pytest

from freehold.base.ids import RepoKind
from freehold.core.facts.memory import memory_for, parameters_for, quantised_size
from tests.core.facts.reader import MemoryReader
from tests.core.facts.test_facts import weights

ADAPTER = json.dumps({"peft_type": "LORA", "base_model_name_or_path": "acme/owl"}).encode()
WEIGHTS = weights(a=("F32", [2, 3], 24))


@pytest.mark.parametrize(
    ("files", "bytes_of_weights"),
    [
        ({"model.safetensors": WEIGHTS}, 24),
        ({"model.safetensors": WEIGHTS, "pytorch_model.bin": b"x" * 7}, 24),
        ({"pytorch_model-1.bin": b"x" * 30, "pytorch_model-2.bin": b"x" * 10, "training_args.bin": b"x"}, 40),
        ({"owl-Q8_0.gguf": b"x" * 90, "owl-Q4_K_M-00001-of-00002.gguf": b"x" * 20,
          "owl-Q4_K_M-00002-of-00002.gguf": b"x" * 25}, 45),
        ({"README.md": b"words"}, 0),
        ({"adapter_model.safetensors": WEIGHTS, "adapter_config.json": ADAPTER}, 0),
        ({"adapter_model.safetensors": WEIGHTS, "adapter_config.json": b"{}"}, 0),
        ({"model.safetensors": b"no header"}, 0),
    ],
)  # fmt: skip
def test_the_smallest_form_counts(facts, files, bytes_of_weights):
    reader = MemoryReader(files)
    found = facts.get(reader, reader.revision().commit, "memory")
    assert found == ({"bytes": memory_for(bytes_of_weights)} if bytes_of_weights else {})


def test_a_dataset_is_not_loaded(facts):
    reader = MemoryReader({"model.safetensors": WEIGHTS}).of_kind(RepoKind.DATASET)
    assert facts.get(reader, reader.revision().commit, "memory") == {}


@pytest.mark.parametrize("bits", [16, 8, 4])
@pytest.mark.parametrize("gigabytes", [0.4, 0.6, 8, 24, 99_999])
def test_what_a_device_holds_is_what_it_takes(gigabytes, bits):
    most = parameters_for(gigabytes * 1e9, bits)
    assert (most > 0) is (gigabytes > 0.5)
    assert memory_for(quantised_size(most, bits)) <= gigabytes * 1e9 + 1
    assert memory_for(quantised_size(most + 5, bits)) > gigabytes * 1e9
