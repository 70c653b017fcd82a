"""What a comment mentions, and what no text may hold."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.base.errors import HubError, Invalid
from freehold.features.discussions.text import checked_text, checked_title, numbers_in, people_in


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("@alice and @bob.", ["alice", "bob"]),
        ("(@alice), @alice!", ["alice"]),
        ("mail@alice.org /@alice a@@alice", []),
        ("`@alice` and\n```\n@bob\n```\n@carol", ["carol"]),
        ("    @indented\n@-no @.no @a..b", []),
        ("~~~\n@bob\n```\n@bob\n~~~\n@carol", ["carol"]),
    ],
)
def test_people_are_named_outside_code(text, people):
    assert people_in(text) == people


def test_threads_are_named_outside_code_and_addresses():
    assert numbers_in("#1, (#22) `#3` x#4 https://a/b#5 #06 #7x ##8 &#9; #1") == [1, 22]


@given(st.text())
def test_any_text_is_read(text):
    assert len(people_in(text)) <= 50
    assert all(number > 0 for number in numbers_in(text))


@pytest.mark.parametrize("piece", ["@a", "#1", "`", "@a-", "```\n", "@" + "a" * 97, " `@"])
def test_reading_takes_time_in_proportion(piece):
    text = piece * (60_000 // len(piece))
    begun = time.perf_counter()
    people_in(text), numbers_in(text)
    assert time.perf_counter() - begun < 2


@given(st.text(max_size=300))
def test_what_passes_can_be_kept(text):
    try:
        for kept in (checked_title(text), checked_text(text)):
            assert kept.encode("utf-8")
            assert "\0" not in kept
    except HubError as error:
        assert error.message.endswith((".", "text."))


def test_a_title_is_one_line():
    assert checked_title(" a\n\tb ") == "a b"
    with pytest.raises(Invalid, match="title is missing"):
        checked_title("\n")
