"""git's lines, there and back, and whatever else may come."""

from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freehold.base.errors import Invalid
from freehold.wire.git.pktline import FLUSH, LONGEST, line, on_band, read_line, read_lines, whole


@settings(max_examples=50)
@given(st.lists(st.binary(max_size=300)))
def test_lines_come_back_as_they_were(payloads: list[bytes]):
    text = FLUSH.join(map(line, payloads)) + b"0001" + FLUSH
    assert list(read_lines(BytesIO(text).read)) == payloads


@settings(max_examples=50)
@given(st.binary(max_size=200))
def test_anything_else_is_read_or_refused(data: bytes):
    with suppress(Invalid):
        list(read_lines(BytesIO(data).read))


@pytest.mark.parametrize("text", [b"", b"00", b"zzzz", b"0003", b"-001", b"ffff", b"0009abc", b"fff1" + b"x" * 65517])
def test_it_refuses_what_is_no_line(text: bytes):
    with pytest.raises(Invalid):
        read_line(BytesIO(text).read)


def test_a_long_message_takes_several_lines_of_its_band():
    lines = list(read_lines(BytesIO(on_band(2, b"x" * 70_000)).read))
    assert {part[0] for part in lines} == {2}
    assert b"".join(part[1:] for part in lines) == b"x" * 70_000
    assert max(map(len, lines)) <= LONGEST


@given(st.lists(st.binary(max_size=200), max_size=10), st.integers(0, 2500))
def test_what_is_whole_is_found_wherever_the_bytes_break_off(payloads: list[bytes], cut: int):
    data = b"".join(line(payload) + FLUSH for payload in payloads)
    head = data[:cut]
    end = whole(head)
    assert end <= len(head) and list(read_lines(BytesIO(data[:end] + data[end:]).read)) == payloads
    list(read_lines(BytesIO(data[:end]).read))
    assert len(head) - end < 204
