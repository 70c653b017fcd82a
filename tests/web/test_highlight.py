"""Code is marked by token, whole, and never breaks out."""

import re
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freehold.web.highlight import MAX_CODE, code, language_of, lines


@pytest.mark.parametrize(
    ("path", "language"),
    [("a/train.py", "python"), ("Dockerfile", "docker"), ("x.unknown", ""), ("README.md", "markdown")],
)
def test_names_promise_languages(path, language):
    assert language_of(path) == language


def test_lines_stay_lines():
    assert len(list(lines('"""a\nb"""\n\nx = 1', "python"))) == 4
    assert len(list(lines("a\nb", ""))) == 2


def test_a_long_text_stays_plain():
    assert "<span" not in code("x = 1\n" * MAX_CODE, "python")


@settings(max_examples=50, deadline=None)
@given(st.text(), st.sampled_from(["python", "json", "html", "bash", "yaml", "nothing"]))
def test_it_always_escapes_and_loses_nothing(text, language):
    seen = re.sub(r"</?span[^<>]*>", "", code(text, language))
    assert "<" not in seen
    assert unescape(seen).split() == text.split()


def test_of_a_long_text_the_beginning_is_marked_and_no_line_is_lost():
    text = "x = 1  # a comment\n" * 20_000
    found = list(lines(text, "python"))
    assert len(found) == 20_001
    assert 'class="c1"' in found[0]
    assert found[19_999] == "x = 1  # a comment"
    assert list(lines("<" * (MAX_CODE + 1), "python")) == ["&lt;" * (MAX_CODE + 1)]
