"""Languages have names, and what is no code of one has none."""

import pytest

from freehold.core.facts.languages import LANGUAGES, language_name


@pytest.mark.parametrize(
    ("code", "name"),
    [("de", "German"), ("DE", "German"), ("zh_Hant", "Chinese (traditional)"), ("yue", "Cantonese"), ("elvish", "")],
)
def test_codes_have_names(code, name):
    assert language_name(code) == name


def test_codes_are_spelled_as_they_are_looked_up():
    assert all(code == code.lower() and "_" not in code for code in LANGUAGES)


def test_no_two_codes_have_one_name():
    assert len(set(LANGUAGES.values())) == len(LANGUAGES)
