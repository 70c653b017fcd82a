"""A repository has those values of a facet that its row and its entry tell."""

from dataclasses import replace

import pytest

from freehold.core.catalog.facets import BY_NAME
from freehold.core.catalog.rows import EMPTY
from tests.core.facts.reader import A_REPO


@pytest.mark.parametrize(
    ("memory", "values"),
    [(0, []), (1, ["1gb"]), (10**9, ["4gb"]), (7_999_999_999, ["8gb"]), (8 * 10**9, ["16gb"]), (10**15, ["more"])],
)
def test_memory_is_a_range(memory, values):
    facet = BY_NAME["memory"]
    assert facet.values(A_REPO, replace(EMPTY, memory=memory)) == values
    assert set(values) <= facet.words.keys()


def test_an_ordered_facet_has_words_for_each_of_its_steps():
    for name, most in (("size", 10**13), ("memory", 10**13), ("disk", 10**14)):
        facet, found = BY_NAME[name], []
        for exponent in range(20 * 14):
            many = int(10 ** (exponent / 20))
            repo, entry = replace(A_REPO, logical_bytes=many), replace(EMPTY, parameters=many, memory=many)
            found += facet.values(repo, entry) if many < most else ["more"]
        assert list(dict.fromkeys(found)) == list(facet.words)


@pytest.mark.parametrize(
    ("tags", "gated", "values"),
    [
        (("safetensors", "license:apache-2.0"), "", ["weights"]),
        (("gguf", "license:mit", "license:llama3.1"), "", ["available"]),
        (("pytorch", "license:cc-by-nd-4.0"), "", ["available"]),
        (("safetensors", "license:apache-2.0"), "auto", ["available"]),
        (("safetensors", "license:other"), "", ["unclear"]),
        (("safetensors",), "", ["unclear"]),
        (("license:apache-2.0", "tensorboard"), "", []),
    ],
)
def test_openness_is_no_more_than_files_licence_and_gate_tell(tags, gated, values):
    facet = BY_NAME["openness"]
    assert facet.values(replace(A_REPO, gated=gated), replace(EMPTY, tags=tags)) == values
    assert set(values) <= facet.words.keys()
