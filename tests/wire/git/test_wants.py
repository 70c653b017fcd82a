"""What a fetch asks for, in every version of the protocol."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.base.errors import Invalid
from freehold.wire.git.pktline import FLUSH, line
from freehold.wire.git.wants import Wanting, parse_wants

A, B = "a" * 40, "b" * 40


@pytest.mark.parametrize(
    "request_",
    [
        line(f"want {A} multi_ack agent=git/2\n".encode()) + line(f"want {B}\n".encode()) + FLUSH + line(b"done\n"),
        line(b"command=fetch") + b"0001" + line(f"want {A}\n".encode()) + line(f"want {B}".encode()) + FLUSH,
    ],
)
def test_wants_of_every_version(request_: bytes):
    assert parse_wants(BytesIO(request_).read) == {A, B}


def test_it_refuses_what_is_no_id():
    with pytest.raises(Invalid):
        parse_wants(BytesIO(line(b"want main")).read)


@given(st.lists(st.integers(1, 90), max_size=30))
def test_what_is_wanted_is_followed_however_it_comes_in_pieces(sizes: list[int]):
    oids = [f"{number:040x}" for number in range(9)]
    said = b"".join(line(f"want {oid}\n".encode()) for oid in oids) + b"0001" + line(b"done\n") + FLUSH
    wanting, passed, found = Wanting(), b"", set()
    at = 0
    for size in [*sizes, len(said)]:
        lines, wants = wanting.feed(said[at : at + size])
        at += size
        passed += lines
        found |= wants
    assert passed == said and found == set(oids)
