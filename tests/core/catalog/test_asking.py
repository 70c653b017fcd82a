"""What is typed into a search box is words, and conditions where a scope is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.core.catalog.asking import MAX_WORDS, Asked, read


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("  owl   base ", Asked(("owl", "base"))),
        ("owl author:alice", Asked(("owl",), "alice")),
        ("license:mit lang:en tag:bird", Asked((), "", ("bird",), (("license", "mit"), ("language", "en")))),
        ("http://x colour:red license:", Asked(("http://x", "colour:red", "license:"))),
    ],
)
def test_scopes_are_conditions_and_the_rest_is_words(text, asked):
    assert read(text) == asked


@given(st.text(max_size=2000))
def test_anything_may_be_typed(text):
    asked = read(text)
    assert max(len(asked.words), len(asked.tags), len(asked.facets)) <= MAX_WORDS
