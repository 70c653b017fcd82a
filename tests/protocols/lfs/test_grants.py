"""Signed links allow one request and nothing else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from freehold.base.errors import Forbidden
from freehold.base.ids import Sha256
from freehold.protocols.lfs.grants import Grant, Grants

SHA = Sha256("ab" * 32)
MOMENT = 1_800_000_000
GRANT = Grant("put", "r" * 24, SHA, 7, "a" * 24, "t" * 24, MOMENT + 60)


def grants(at: int = MOMENT, secret: bytes = b"s" * 32) -> Grants:
    return Grants(secret, lambda: at * 1_000_000)


def test_what_was_signed_is_read_back():
    assert grants().check(grants().sign(GRANT), "put", SHA) == GRANT


def test_it_refuses_another_verb_or_content():
    text = grants().sign(GRANT)
    for verb, sha256 in (("get", SHA), ("part", SHA), ("put", Sha256("cd" * 32))):
        with pytest.raises(Forbidden):
            grants().check(text, verb, sha256)


def test_it_refuses_a_link_that_expired():
    text = grants().sign(GRANT)
    assert grants(MOMENT + 60).check(text, "put", SHA)
    with pytest.raises(Forbidden, match="expired"):
        grants(MOMENT + 61).check(text, "put", SHA)


def test_it_refuses_a_link_of_another_hub():
    with pytest.raises(Forbidden):
        grants(secret=b"x" * 32).check(grants().sign(GRANT), "put", SHA)


def test_it_refuses_a_body_with_the_signature_of_another():
    larger = grants().sign(replace(GRANT, size=8))
    with pytest.raises(Forbidden):
        grants().check(f"{larger.split('.')[0]}.{grants().sign(GRANT).split('.')[1]}", "put", SHA)


@settings(max_examples=50)
@given(st.text(max_size=60))
def test_no_invented_text_is_a_link(text):
    with pytest.raises(Forbidden):
        grants().check(text, "put", SHA)


@settings(max_examples=50)
@given(st.data())
def test_no_changed_character_goes_unnoticed(data):
    text = grants().sign(GRANT)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda character: character != text[at]))
    with pytest.raises(Forbidden):
        grants().check(text[:at] + other + text[at + 1 :], "put", SHA)


@pytest.mark.parametrize(("size", "sizes"), [(0, []), (1, [1]), (10, [10]), (11, [10, 1]), (20, [10, 10])])
def test_parts_cover_the_content(size, sizes):
    assert replace(GRANT, size=size, part_bytes=10).parts == sizes
