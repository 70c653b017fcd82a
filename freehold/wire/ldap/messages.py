"""What is said to a directory and what it answers: the messages of RFC 4511 that signing in needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from freehold.wire.ldap.ber import (
    ENUMERATED,
    INTEGER,
    SEQUENCE,
    SET,
    Garbled,
    boolean,
    element,
    elements,
    integer,
    number,
    octets,
)

BIND, BOUND, UNBIND, SEARCH, ENTRY, DONE, REFERENCE, EXTENDED, EXTENDED_DONE = (
    0x60, 0x61, 0x42, 0x63, 0x64, 0x65, 0x73, 0x77, 0x78,
)  # fmt: skip
START_TLS = "1.3.6.1.4.1.1466.20037"
"""The extended operation's name: RFC 4511, 4.14."""

SUBTREE, NEVER_DEREFERENCE = 2, 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the directory; the names of `values` are in lower case, as the attributes' are alike in any case."""

    dn: str
    values: Mapping[str, Sequence[bytes]]

    def texts(self, attribute: str) -> list[str]:
        """The values of an attribute that are text."""
        found = []
        for value in self.values.get(attribute.lower(), ()):
            try:
                found.append(value.decode())
            except UnicodeDecodeError:
                continue
        return found

    def text(self, attribute: str) -> str:
        """The first of them; empty if there is none."""
        return next(iter(self.texts(attribute)), "")


def bind(dn: str, password: str) -> bytes:
    """Say who one is, with a password. Raises ValueError for an empty one.

    With a name and no password a directory answers success without having checked anything: RFC 4513, 5.1.2.
    """
    if not dn or not password:
        raise ValueError("a bind needs a name and a password")
    return element(BIND, integer(3), octets(dn), octets(password, 0x80))


def search(base: str, wanted: bytes, attributes: Sequence[str], *, most: int, seconds: int) -> bytes:
    """Ask for at most `most` entries at or below `base` for which the encoded filter `wanted` holds."""
    return element(
        SEARCH,
        octets(base),
        integer(SUBTREE, ENUMERATED),
        integer(NEVER_DEREFERENCE, ENUMERATED),
        integer(most),
        integer(seconds),
        boolean(False),
        wanted,
        element(SEQUENCE, *(octets(name) for name in attributes)),
    )


def start_tls() -> bytes:
    """Ask for TLS on this connection."""
    return element(EXTENDED, octets(START_TLS, 0x80))


def unbind() -> bytes:
    """Say farewell."""
    return element(UNBIND)


def message(ident: int, operation: bytes) -> bytes:
    """An operation as it is sent."""
    return element(SEQUENCE, integer(ident), operation)


def answer(body: bytes) -> tuple[int, int, bytes]:
    """The number, the operation's tag and its contents, of a message's contents. Raises Garbled."""
    parts = list(elements(body))
    if len(parts) < 2 or parts[0][0] != INTEGER:
        raise Garbled("no message")
    return number(parts[0][1]), *parts[1]


def result(body: bytes) -> int:
    """The result code of an operation's contents (RFC 4511, 4.1.9). Raises Garbled."""
    parts = list(elements(body))
    if len(parts) < 3 or parts[0][0] != ENUMERATED:
        raise Garbled("no result")
    return number(parts[0][1])


def entry(body: bytes) -> Entry:
    """An entry that was found. Raises Garbled."""
    parts = list(elements(body))
    if len(parts) != 2 or parts[1][0] != SEQUENCE:
        raise Garbled("no entry")
    values = {}
    for _, one in elements(parts[1][1]):
        pair = list(elements(one))
        if len(pair) != 2 or pair[1][0] != SET:
            raise Garbled("no attribute")
        values[_text(pair[0][1]).lower()] = [value for _, value in elements(pair[1][1])]
    return Entry(_text(parts[0][1]), values)


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise Garbled("a name that is not UTF-8") from None
