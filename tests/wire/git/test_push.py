"""A push as it comes, and the report it gets."""

from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freehold.base.errors import Invalid
from freehold.base.ids import Oid
from freehold.wire.git.pktline import FLUSH, line, read_lines
from freehold.wire.git.push import MOST_COMMANDS, NOTHING, Command, Push, advertise, parse_push, report

A, B = Oid("a" * 40), Oid("b" * 40)


def parsed(*lines: bytes) -> Push:
    return parse_push(BytesIO(b"".join(map(line, lines)) + FLUSH + b"PACK").read)


def test_commands_and_capabilities():
    push = parsed(
        f"{NOTHING} {A} refs/heads/new\0 report-status atomic\n".encode(), f"{A} {NOTHING} refs/tags/t".encode()
    )
    assert push.commands == [Command("refs/heads/new", None, A), Command("refs/tags/t", A, None)]
    assert push.capabilities == {"report-status", "atomic"}
    assert push.brings_pack


def test_a_deletion_brings_no_pack_and_an_empty_push_asks_for_nothing():
    assert not parsed(f"{A} {NOTHING} refs/heads/old".encode()).brings_pack
    assert parsed().commands == []


def test_a_shallow_clone_may_say_so():
    assert parsed(f"shallow {A}".encode(), f"{A} {B} refs/heads/main\0".encode()).commands == [
        Command("refs/heads/main", A, B)
    ]


@pytest.mark.parametrize(
    "text",
    [b"", b"push-cert\0", b"a b c", f"{A} {B}".encode(), f"{A}{A[:24]} {B} refs/heads/x".encode(), b"\xff" * 100,
     f"{A.upper()} {B} refs/heads/main".encode()],
)  # fmt: skip
def test_it_refuses_what_is_no_command(text: bytes):
    with pytest.raises(Invalid):
        parsed(text)


def test_it_refuses_a_ref_named_twice_and_too_many_refs():
    with pytest.raises(Invalid, match="twice"):
        parsed(*[f"{A} {B} refs/heads/x".encode()] * 2)
    with pytest.raises(Invalid, match="several steps"):
        parsed(*[f"{A} {B} refs/heads/{number}".encode() for number in range(MOST_COMMANDS + 1)])


@settings(max_examples=50)
@given(st.binary(max_size=300))
def test_anything_else_is_read_or_refused(data: bytes):
    with suppress(Invalid):
        parse_push(BytesIO(data).read)


def test_a_report_names_what_was_refused_in_one_line_each():
    push = Push([Command("refs/heads/a", A, B), Command("refs/heads/b", A, B)], frozenset({"report-status"}))
    lines = list(read_lines(BytesIO(report(push, {"refs/heads/b": "No.\nBecause."})).read))
    assert lines == [b"unpack ok\n", b"ok refs/heads/a\n", b"ng refs/heads/b No. Because.\n"]


def test_an_empty_repository_still_says_what_the_hub_can_do():
    lines = list(read_lines(BytesIO(advertise({})).read))
    assert lines[1].startswith(NOTHING.encode() + b" capabilities^{}\0") and b"report-status" in lines[1]


def test_options_follow_the_commands_where_they_are_spoken_of():
    head = line(f"{A} {B} refs/heads/main\0push-options".encode()) + FLUSH
    push = parse_push(BytesIO(head + line(b"secrets.allow\n") + line(b"x=1") + FLUSH + b"PACK").read)
    assert push.options == ["secrets.allow", "x=1"]
    assert parsed(f"{A} {B} refs/heads/main\0".encode()).options == ()
    with pytest.raises(Invalid, match="options"):
        parse_push(BytesIO(head + line(b"x") * 101 + FLUSH).read)


def test_warnings_stand_beside_the_report_and_obey_no_terminal():
    push = parsed(f"{A} {B} refs/heads/main\0report-status side-band-64k".encode())
    answer = report(push, {}, warnings=["README.md: bad", "a\x1b[2Jb"])
    assert b"\2warning: README.md: bad\nwarning: a\xef\xbf\xbd[2Jb\n" in answer and b"ok refs/heads/main" in answer
