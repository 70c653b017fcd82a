"""Snippets name this hub and fit the repository."""

import ast

import pytest

from freehold.base.ids import GIT_KINDS, RepoId, RepoKind
from freehold.web.snippets import Traits, snippets

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
