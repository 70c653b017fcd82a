"""Snippets name this hub and fit the repository."""

import ast

import pytest

from freehold.base.ids import GIT_KINDS, RepoId, RepoKind
from freehold.web.snippets.libraries import LIBRARIES
from freehold.web.snippets.snippets import grouped, snippets
from freehold.web.snippets.ways import Group, Traits, Variant

BASE = "https://hub.example.org/prefix"


def ways(kind=RepoKind.MODEL, **traits):
    return {way.title: way.code for way in snippets(Traits(RepoId(kind, "alice", "birds"), BASE, **traits))}


@pytest.mark.parametrize(
    ("traits", "first"),
    [
        ({"library": "sentence-transformers"}, "sentence-transformers"),
        ({"library": "transformers", "auto_model": "AutoModelForCausalLM"}, "transformers"),
        ({"files": frozenset(["model_index.json"])}, "diffusers"),
        ({"library": "peft"}, "peft"),
        ({"kind": RepoKind.DATASET}, "datasets"),
        ({"kind": RepoKind.SPACE}, "huggingface_hub"),
    ],
)
def test_the_fitting_library_stands_first(traits, first):
    assert next(iter(ways(**traits))) == first


@pytest.mark.parametrize("kind", GIT_KINDS)
def test_every_way_names_this_hub_and_is_code(kind):
    found = ways(kind, library="transformers", auto_model="AutoModel", files=frozenset(["tokenizer.json"]))
    assert {"hf", "curl", "git", "huggingface_hub"} <= set(found)
    for title, code in found.items():
        assert BASE in code
        if title not in ("hf", "curl", "git"):
            ast.parse(code)


def test_a_private_repository_asks_for_a_token():
    assert "HF_TOKEN" in ways(private=True)["curl"]
    assert "token" in ways(private=True)["git"]


def test_python_wastes_no_line_of_the_narrow_card():
    code = ways(library="transformers", auto_model="AutoModel", files=frozenset(["tokenizer.json"]))["transformers"]
    assert code.split("\n") == [
        "import os",
        f'os.environ["HF_ENDPOINT"] = "{BASE}"',
        "",
        "from transformers import AutoModel, AutoTokenizer",
        'tokenizer = AutoTokenizer.from_pretrained("alice/birds")',
        'model = AutoModel.from_pretrained("alice/birds")',
    ]


GGUF = (Variant("Q2_K", "b-Q2_K.gguf"), Variant("Q4_K_M", "b-Q4_K_M.gguf"), Variant("Q8_0", "b-Q8_0.gguf", 2))


@pytest.mark.parametrize("library", sorted(LIBRARIES))
def test_each_library_has_python_that_parses_and_names_the_model(library):
    found = snippets(Traits(RepoId(RepoKind.MODEL, "alice", "birds"), BASE, library=library, gated=True))[0]
    ast.parse(found.code)
    assert found.group is Group.LIBRARY
    assert "alice/birds" in found.code
    before, _, after = found.code.partition("\n\n")
    assert BASE in before and "HF_TOKEN" in before
    assert "import" not in before.replace("import os", "")
    assert after.startswith(("from ", "import "))


def test_a_gguf_model_is_run_by_programs_that_are_told_of_this_hub():
    found = ways(library="gguf", variants=GGUF, chats=True)
    assert found["llama.cpp"] == f"export HF_ENDPOINT={BASE}\nllama-server -hf alice/birds:Q4_K_M"
    assert "hf download alice/birds b-Q4_K_M.gguf" in found["LM Studio"]
    assert "ollama create birds" in found["Ollama"]  # an address with a path
    assert 'filename="b-Q2_K.gguf"' in found["llama-cpp-python"]


@pytest.mark.parametrize(
    ("base", "code"),
    [
        ("https://hub.example.org", "ollama run hub.example.org/alice/birds:Q4_K_M"),
        (
            "http://127.0.0.1:8000",
            "ollama pull 127.0.0.1:8000/alice/birds:Q4_K_M --insecure\nollama run 127.0.0.1:8000/alice/birds:Q4_K_M",
        ),
    ],
)
def test_ollama_is_told_the_host(base, code):
    found = snippets(Traits(RepoId(RepoKind.MODEL, "alice", "birds"), base, variants=GGUF, private=True))
    ollama = next(way for way in found if way.title == "Ollama")
    assert ollama.code == code
    assert f"{base}/settings/keys" in ollama.note


def test_a_program_that_knows_one_hub_only_is_said_to():
    found = snippets(Traits(RepoId(RepoKind.MODEL, "alice", "birds"), BASE, variants=GGUF))
    assert "cannot be pointed" in next(way for way in found if way.title == "LM Studio").note


def test_a_text_model_is_served():
    found = ways(library="transformers", auto_model="AutoModelForCausalLM", task="text-generation", own_code=True)
    assert found["vLLM"] == f"export HF_ENDPOINT={BASE}\nvllm serve alice/birds --trust-remote-code"
    assert "vLLM" not in ways(library="transformers", auto_model="AutoModel", task="fill-mask")


@pytest.mark.parametrize(
    ("kind", "first", "names"),
    [
        ("parquet", "data/a.parquet", {"pandas", "polars", "duckdb"}),
        ("json", "a.jsonl", {"pandas", "polars", "duckdb"}),
        ("webdataset", "a.tar", {"webdataset"}),
        ("imagefolder", "a.png", set()),
    ],
)
def test_a_dataset_is_read_by_what_knows_its_format(kind, first, names):
    found = ways(RepoKind.DATASET, formats=[kind], first=first, private=True)
    assert "mlcroissant" not in found, "it asks without a token"
    assert set(found) == {"datasets", "huggingface_hub", "hf", "curl", "git"} | names
    if "duckdb" in names:
        assert f"{BASE}/datasets/alice/birds/resolve/main/{first}" in found["duckdb"]
        assert "BEARER_TOKEN" in found["duckdb"]


def test_groups_keep_their_order():
    found = grouped(snippets(Traits(RepoId(RepoKind.MODEL, "alice", "birds"), BASE, variants=GGUF)))
    assert [group for group, _ in found] == list(Group)
