"""What a client asks for when it fetches (gitprotocol-pack and gitprotocol-v2, `want`)."""

from collections.abc import Callable
from io import BytesIO

from freehold.base.errors import Invalid
from freehold.base.ids import Oid, is_oid
from freehold.wire.git.pktline import line, read_lines, whole


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


class Wanting:
    """Follows what a client says while it says it: `feed` gives the whole lines so far and what they want."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> tuple[bytes, set[Oid]]:
        """The lines that are whole with `data`, as they came, and the objects that they want. Raises Invalid."""
        held = self._rest + data
        end = whole(held)
        self._rest = held[end:]
        return held[:end], parse_wants(BytesIO(held[:end]).read)


def refusal(text: str) -> bytes:
    """The answer that makes git stop and show `text` (one line) as the remote's error."""
    return line(f"ERR {text}".encode())
