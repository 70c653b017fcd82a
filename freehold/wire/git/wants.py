"""What a client asks for when it fetches (gitprotocol-pack and gitprotocol-v2, `want`)."""

from collections.abc import Callable

from freehold.base.errors import Invalid
from freehold.base.ids import Oid, is_oid
from freehold.wire.git.pktline import line, read_lines


def parse_wants(read: Callable[[int], bytes]) -> set[Oid]:
    """The objects that a request of any version of the protocol names as wanted. Raises Invalid."""
    found = set()
    for payload in read_lines(read):
        if payload.startswith(b"want "):
            oid = payload[5:45].decode("ascii", "replace")
            if not is_oid(oid):
                raise Invalid("A wanted object must be named by 40 lower-case hexadecimal digits.")
            found.add(Oid(oid))
    return found


def refusal(text: str) -> bytes:
    """The answer that makes git stop and show `text` (one line) as the remote's error."""
    return line(f"ERR {text}".encode())
