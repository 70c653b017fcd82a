"""The listing of refs in protocol 2 (gitprotocol-v2, "ls-refs"): what a client asks, and the answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import SEEK_CUR, BytesIO

from freehold.base.errors import Invalid
from freehold.base.ids import Oid
from freehold.wire.git.pktline import FLUSH, line, read_line
from freehold.wire.git.refs import MAIN

HIDDEN = "refs/hub/"
"""Refs that are the hub's own."""

_DELIMITER = b"0001"
_PREFIX = "ref-prefix "
_KNOWN = ("agent=", "object-format=sha1", "session-id=")
_MOST_PREFIXES = 1_000


@dataclass(frozen=True, slots=True)
class Listing:
    """What a client wants to be told of refs; `prefixes` empty: of every one."""

    prefixes: tuple[str, ...] = ()
    peel: bool = False
    """Whether it wants to know what annotated tags point at."""
    symrefs: bool = False
    unborn: bool = False

    def asks_for(self, name: str) -> bool:
        """Whether the answer holds this ref."""
        return not name.startswith(HIDDEN) and (not self.prefixes or name.startswith(self.prefixes))


def parse_ls_refs(body: bytes) -> Listing | None:
    """The listing that a request asks for; None when it asks for anything else, or in words that git must judge."""
    try:
        capabilities, arguments = _sections(body)
    except (Invalid, UnicodeDecodeError):
        return None
    if capabilities[:1] != ["command=ls-refs"] or not all(word.startswith(_KNOWN) for word in capabilities[1:]):
        return None
    prefixes = tuple(word.removeprefix(_PREFIX) for word in arguments if word.startswith(_PREFIX))
    flags = {word for word in arguments if not word.startswith(_PREFIX)}
    if flags - {"peel", "symrefs", "unborn"} or len(prefixes) > _MOST_PREFIXES:
        return None
    return Listing(prefixes, "peel" in flags, "symrefs" in flags, "unborn" in flags)


def _sections(body: bytes) -> tuple[list[str], list[str]]:
    """The lines before the delimiter and those behind it, up to the flush, which ends the body. Raises Invalid."""
    source = BytesIO(body)
    sections: tuple[list[str], list[str]] = ([], [])
    here = sections[0]
    while (head := source.read(4)) != FLUSH:
        if head == _DELIMITER:
            here = sections[1]
            continue
        source.seek(-len(head), SEEK_CUR)
        here.append((read_line(source.read) or b"").decode().removesuffix("\n"))
    if source.read(1):
        raise Invalid("A request ends at its first flush.")
    return sections


def told(asked: Listing, known: Mapping[str, Oid], target_of: Callable[[Oid], Oid | None]) -> bytes:
    """The answer. `target_of` is what an annotated tag points at in the end, None for any other object."""
    lines = []
    if asked.asks_for("HEAD"):
        symref = f" symref-target:{MAIN}" if asked.symrefs else ""
        if MAIN in known:
            lines.append(f"{known[MAIN]} HEAD{symref}\n")
        elif asked.unborn and symref:
            lines.append(f"unborn HEAD{symref}\n")
    for name in sorted(filter(asked.asks_for, known), key=str.encode):
        target = target_of(known[name]) if asked.peel else None
        lines.append(f"{known[name]} {name}{f' peeled:{target}' if target else ''}\n")
    return b"".join(line(text.encode()) for text in lines) + FLUSH
