"""What accounts say of themselves is plain, short, and links to where it seems to."""

import pytest

from freehold.base.errors import Invalid
from freehold.core.accounts.describing import Words, checked


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        (" example.org ", "https://example.org"),
        ("http://example.org:8080/a?b=c#d", "http://example.org:8080/a?b=c#d"),
        ("https://bücher.example/ä", "https://bücher.example/ä"),
    ],
)
def test_a_website_is_an_address(typed, kept):
    assert checked(Words(website=typed)).website == kept


@pytest.mark.parametrize(
    "typed",
    [
        "javascript:alert(1)", "javascript://example.org/%0aalert(1)", "https://", "https://bank.example@evil.example",
        "https://example.org:99999", "two words.example", "https://x\u202e.example", 'https://x.example/"onclick=',
        "https://" + "x" * 200, "ftp://example.org", "https://[::1",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(Invalid):
        checked(Words(website=typed))


def test_words_are_one_line_and_short():
    assert checked(Words(about=" a \n b ")).about == "a b"
    for words in (Words(about="x" * 201), Words(about="a\u202eb"), Words(full_name="x" * 101)):
        with pytest.raises(Invalid):
            checked(words)
