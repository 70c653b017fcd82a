"""Facts are made once, kept, made anew when their step changes, and say what the Hub says."""

import json
import struct
from dataclasses import replace

import pytest

from freehold.base.ids import RepoKind
from freehold.core.facts.facts import Facts
from freehold.core.facts.steps import STEPS
from tests.core.facts.reader import MemoryReader


def weights(**tensors):
    at, header = 0, {}
    for name, (dtype, shape, size) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + size]}
        at += size
    raw = json.dumps(header).encode()
    return struct.pack("<Q", len(raw)) + raw + b"\0" * at


CARD = b"""---
license: apache-2.0
language: [en, no]
tags: [birds]
datasets: alice/songs
base_model: acme/base
---
See https://arxiv.org/abs/1706.03762 and https://arxiv.org/pdf/1706.03762v5.
"""
MODEL = {
    "README.md": CARD,
    "config.json": json.dumps({"model_type": "bert", "architectures": ["BertForMaskedLM"], "extra": 1}).encode(),
    "tokenizer_config.json": json.dumps({"pad_token": {"content": "[PAD]"}, "unk_token": "[UNK]"}).encode(),
    "model.safetensors": weights(w=("F32", [2, 3], 24), i=("I64", [4], 32)),
}


def made(facts, reader):
    return facts.all(reader, reader.revision().commit)


def test_a_model_is_described_as_the_hub_describes_it(facts):
    found = made(facts, MemoryReader(MODEL))
    assert found["config"] == {
        "architectures": ["BertForMaskedLM"],
        "model_type": "bert",
        "tokenizer_config": {"pad_token": "[PAD]", "unk_token": "[UNK]"},
    }
    assert found["transformers"] == {
        "auto_model": "AutoModelForMaskedLM", "pipeline_tag": "fill-mask", "processor": "AutoTokenizer",
    }  # fmt: skip
    assert found["safetensors"] == {"parameters": {"F32": 6, "I64": 4}, "total": 10}
    assert found["gguf"] == {}
    assert found["files"] == {"count": 4, "bytes": sum(map(len, MODEL.values()))}
    assert found["tags"]["pipeline_tag"] == "fill-mask"
    assert found["tags"]["library_name"] == "transformers"
    assert found["tags"]["tags"] == [
        "transformers", "safetensors", "bert", "fill-mask", "birds", "en", "no", "dataset:alice/songs",
        "arxiv:1706.03762", "base_model:acme/base", "base_model:finetune:acme/base", "license:apache-2.0",
    ]  # fmt: skip


def test_shards_are_counted_together_and_a_missing_one_says_nothing(facts):
    shards = {f"model-0000{n}-of-00002.safetensors": weights(w=("F32", [4], 16)) for n in (1, 2)}
    index = {"weight_map": {str(n): name for n, name in enumerate(shards)}}
    whole = {"model.safetensors.index.json": json.dumps(index).encode(), **shards}
    assert made(facts, MemoryReader(whole))["safetensors"]["total"] == 8
    whole.popitem()
    assert made(facts, MemoryReader(whole))["safetensors"] == {}


def test_a_dataset_has_prefixed_tags_and_no_model_facts(facts):
    card = b"---\nlanguage: en\nlicense: mit\ntask_categories: [text-classification]\ntags: [iris]\n---\n"
    reader = MemoryReader({"README.md": card, "data/train.parquet": b"", "config.json": b"{}"})
    found = made(facts, reader.of_kind(RepoKind.DATASET))
    assert found["tags"]["tags"] == [
        "task_categories:text-classification", "language:en", "license:mit",
        "format:parquet", "library:datasets", "library:pandas", "library:mlcroissant", "library:polars", "iris",
    ]  # fmt: skip
    assert found["config"] == {}


@pytest.mark.parametrize(
    "files",
    [
        {"README.md": b"---\na: [\n---\n"},
        {"README.md": b"---\ntags: {a: b}\nlicense: [1, {x: y}, null]\nlanguage: 3\nbase_model: [[x]]\n---\n"},
        {"README.md": b"\xff\xfe"},
        {"config.json": b"[1]", "tokenizer_config.json": b"{" * 10**5, "adapter_config.json": b'{"a"'},
        {"config.json": b'{"model_type": 3, "architectures": "x"}'},
        {"config.json": b'{"model_type": "x", "architectures": [{}], "auto_map": []}'},
        {"model.safetensors": b"junk", "a.gguf": b"GGUFjunk"},
        {"model.safetensors.index.json": b'{"weight_map": {"a": 1, "b": "../x"}}'},
    ],
)
def test_odd_files_never_break_the_facts(facts, files):
    assert set(made(facts, MemoryReader(files))) == set(STEPS)


def test_the_problem_of_a_card_is_kept_for_its_author(facts):
    found = made(facts, MemoryReader({"README.md": b"---\na: [\n---\n"}))
    assert "not valid YAML" in found["card"]["problem"]


def test_facts_are_made_once(facts):
    reader = MemoryReader(MODEL)
    first = made(facts, reader)
    reader.reads.clear()
    assert made(facts, reader) == first
    assert reader.reads == []


def test_a_new_version_of_a_step_makes_its_fact_anew(facts, db):
    reader = MemoryReader(MODEL)
    made(facts, reader)
    newer = replace(STEPS["card"], version=99, make=lambda subject: {"data": {"new": True}})
    later = Facts(db, steps={**STEPS, "card": newer})
    assert later.get(reader, reader.revision().commit, "card") == {"data": {"new": True}}
    facts.forget(reader.repo.id)
