"""Sizes, numbers and times are said as people say them."""

import pytest

from freehold.web import wording
from freehold.web.languages import LANGUAGES, speaking


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (90_868_373, "90.9 MB"), (999_999, "1.0 MB"), (5e14, "500 TB")],
)
def test_sizes(count, words):
    assert wording.size(count) == words


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0"), (999, "999"), (22_713_728, "22.7M"), (7_000_000_000, "7B"), (999_999_999, "1B")]
)
def test_numbers(count, words):
    assert wording.number(count) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "just now"), (59, "just now"), (60, "1 minute ago"), (7200, "2 hours ago"), (86400 * 400, "1 year ago")],
)
def test_times(seconds, words):
    assert wording.ago(0, seconds * 1_000_000) == words
    assert wording.ago(10**9, 0) == "just now"


def test_an_error_offers_what_helps():
    assert wording.error_page(401, "No.", signed_in=False).sign_in
    assert not wording.error_page(401, "No.", signed_in=True).sign_in
    for status in (418, 500, 503):
        assert wording.error_page(status, "No.", signed_in=True).title
    assert wording.error_page(500, "No.", signed_in=True, reference="abc").reference == "abc"
    assert wording.error_page(404, "No.", signed_in=True, reference="abc").reference == ""


@pytest.mark.parametrize(
    ("path", "words"),
    [("/alice/brids", "brids"), ("/datasets/alice/songs/tree/main", "songs"), ("/alcie", "alcie"), ("/", ""),
     ("/a/<script>", ""), ("/models", ""), ("/a/" + "x" * 200, "")],
)  # fmt: skip
def test_a_page_that_is_not_there_is_looked_for_by_its_name(path, words):
    assert wording.error_page(404, "No.", signed_in=True, path=path).search == words


def test_languages_have_names_and_other_words_stay():
    assert [wording.language(code) for code in ("de", "pt-BR", "models")] == ["German", "Portuguese (Brazil)", "models"]
    with speaking(LANGUAGES["de"]):
        assert [wording.language(code) for code in ("de", "code", "models")] == ["Deutsch", "Quelltext", "models"]
