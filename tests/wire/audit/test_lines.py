"""A line's canonical text and hash."""

import contextlib
import hashlib
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.base.errors import Invalid
from freehold.wire.audit.lines import GENESIS, Line, canonical, moment, personal_hash, read_line

TEXT = st.text(st.characters(codec="utf-8"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT, lambda one: st.lists(one, max_size=3)
)
DETAIL = st.dictionaries(TEXT, JSON, max_size=4)
A_LINE = Line(1, "0" * 24, "2026-11-22T01:02:03.000004Z", None, "freehold", "repo.create", "alice/birds", "alice",
              {"visibility": "private", "size": 3, "was": None}, "", GENESIS)  # fmt: skip


def test_the_format_is_the_one_that_the_page_describes():
    assert A_LINE.canonical == (
        '{"action":"repo.create","actor":"freehold","actor_id":null,"at":"2026-11-22T01:02:03.000004Z",'
        '"detail":{"size":3,"visibility":"private","was":null},"id":"000000000000000000000000","namespace":"alice",'
        f'"personal_hash":"","prev":"{GENESIS}","seq":1,"subject":"alice/birds"}}'
    )
    assert A_LINE.computed == "9a9928657c7daecc3a4e3939af3ef20661807fcfe3e8b2a0d30c2a3b42175834"


def test_text_is_escaped_as_rfc_8785_has_it():
    assert canonical({"\u20ac": '\u20ac$\u000f\u000aA\'B"\\"/'}) == '{"\u20ac":"\u20ac$\\u000f\\nA\'B\\"\\\\\\"/"}'


@given(DETAIL)
def test_a_stranger_computes_the_same_hash_from_an_exported_line(detail):
    line = msgspec.structs.replace(A_LINE, detail=detail)
    line = msgspec.structs.replace(line, hash=line.computed)
    given_away = json.loads(msgspec.json.encode(line))
    hashed = {name: value for name, value in given_away.items() if name not in {"hash", "salt", "personal"}}
    text = json.dumps(hashed, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == line.hash == read_line(msgspec.json.encode(line)).computed


@given(DETAIL, st.sampled_from(["seq", "at", "actor", "action", "subject", "namespace", "prev", "personal_hash"]))
def test_every_part_of_a_line_counts(detail, part):
    line = msgspec.structs.replace(A_LINE, detail=detail)
    other = 2 if part == "seq" else "something else"
    assert msgspec.structs.replace(line, **{part: other}).computed != line.computed


def test_what_can_be_taken_away_is_hidden_by_its_salt():
    text = canonical({"address": "192.0.2.7"})
    assert personal_hash("00" * 16, text) == hashlib.sha256(bytes(16) + text.encode()).hexdigest()
    assert personal_hash("01" * 16, text) != personal_hash("00" * 16, text)


def test_a_time_keeps_its_microseconds():
    assert moment(1_795_309_323_000_004) == "2026-11-22T01:02:03.000004Z"


@given(st.binary(max_size=200))
def test_any_bytes_are_a_line_or_refused(content):
    with contextlib.suppress(Invalid):
        read_line(content)


@pytest.mark.parametrize("content", [b"{}", b"[" * 100_000, b'{"seq":1,"more":2}', b"\xff"])
def test_what_is_no_line_is_refused(content):
    with pytest.raises(Invalid, match="not a line"):
        read_line(content)
