"""The lines in which git talks (gitprotocol-common, "pkt-line Format", and gitprotocol-v2), and its side bands."""

from collections.abc import Callable, Iterator

from freehold.base.errors import Invalid

FLUSH = b"0000"
LONGEST = 65_516
"""Bytes of payload in one line; git allows 65520 with the length."""

_SEPARATORS = (b"0001", b"0002")
_HEX = frozenset(b"0123456789abcdefABCDEF")


def line(payload: bytes) -> bytes:
    """One line."""
    return b"%04x%s" % (len(payload) + 4, payload)


def read_line(read: Callable[[int], bytes]) -> bytes | None:
    """The next line's payload, or None for a flush. `read(n)` gives n bytes, fewer only at the end.

    Raises Invalid for anything else, the end of the input included.
    """
    return _line(read, read(4))


def read_lines(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """Every line's payload up to the end of the input; flushes and the separators of protocol 2 are left out.

    Raises Invalid.
    """
    while head := read(4):
        payload = None if head in _SEPARATORS else _line(read, head)
        if payload is not None:
            yield payload


def whole(data: bytes) -> int:
    """How many bytes of `data`, which may end within a line, are whole lines. Raises Invalid."""
    at = 0
    while len(data) - at >= 4:
        head = data[at : at + 4]
        length = 4 if head in _SEPARATORS or head == FLUSH else _length(head)
        if at + length > len(data):
            break
        at += length
    return at


def _line(read: Callable[[int], bytes], head: bytes) -> bytes | None:
    if head == FLUSH:
        return None
    length = _length(head)
    payload = read(length - 4)
    if len(payload) != length - 4:
        raise Invalid("The request ends within a line of git's protocol.")
    return payload


def _length(head: bytes) -> int:
    """The length that a line says it has, these four digits included."""
    if len(head) != 4 or not _HEX.issuperset(head):
        raise Invalid("This is not git's protocol: a line must begin with its length in four hexadecimal digits.")
    length = int(head, 16)
    if length < 4 or length - 4 > LONGEST:
        raise Invalid("A line of git's protocol has an impossible length.")
    return length


def on_band(band: int, data: bytes) -> bytes:
    """`data` on a side band (1: what was asked for, 2: words for the user), in as many lines as it takes."""
    most = LONGEST - 1
    return b"".join(line(bytes([band]) + data[at : at + most]) for at in range(0, len(data), most))
