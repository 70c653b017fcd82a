"""The part of BER that LDAP uses (RFC 4511, 5.1): low tags, definite lengths."""

from collections.abc import Iterator

INTEGER, OCTETS, ENUMERATED, SEQUENCE, SET, BOOLEAN = 0x02, 0x04, 0x0A, 0x30, 0x31, 0x01


class Garbled(ValueError):
    """Bytes that are not what the other side must send."""


def element(tag: int, *parts: bytes) -> bytes:
    """One element, its contents put together of `parts`."""
    body = b"".join(parts)
    if len(body) < 0x80:
        return bytes((tag, len(body))) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(size))) + size + body


def integer(number: int, tag: int = INTEGER) -> bytes:
    """A number that is not negative."""
    return element(tag, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def octets(value: bytes | str, tag: int = OCTETS) -> bytes:
    """A string; text in UTF-8."""
    return element(tag, value.encode() if isinstance(value, str) else value)


def boolean(value: bool, tag: int = BOOLEAN) -> bytes:
    """True or false."""
    return element(tag, b"\xff" if value else b"\x00")


def number(body: bytes) -> int:
    """What an integer's or an enumeration's contents say. Raises Garbled."""
    if not 0 < len(body) <= 8:
        raise Garbled("a number of no sensible length")
    return int.from_bytes(body, "big", signed=True)


def head(data: bytes) -> tuple[int, int, int] | None:
    """The tag, the length of the head and the length of the contents; None while bytes are missing. Raises Garbled."""
    if len(data) < 2:
        return None
    tag, first = data[0], data[1]
    if tag & 0x1F == 0x1F:
        raise Garbled("a tag of many bytes")
    if first < 0x80:
        return tag, 2, first
    count = first & 0x7F
    if not 1 <= count <= 4:
        raise Garbled("a length that is open or absurd")
    return None if len(data) < 2 + count else (tag, 2 + count, int.from_bytes(data[2 : 2 + count], "big"))


def elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The elements of some contents: tag and contents of each. Raises Garbled."""
    at = 0
    while at < len(data):
        found = head(data[at : at + 6])
        if found is None or at + found[1] + found[2] > len(data):
            raise Garbled("an element that is cut off")
        tag, before, size = found
        yield tag, data[at + before : at + before + size]
        at += before + size
