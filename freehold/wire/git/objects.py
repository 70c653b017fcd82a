"""Git objects as bytes: ids, trees in git's order, commits and tags.

Formats: gitformat-* of Git's documentation ("Git Internals - Git Objects"), SHA-1 repositories only.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal, NamedTuple

import pygit2

from freehold.base.errors import Unprocessable
from freehold.base.ids import Oid

Kind = Literal["commit", "tree", "blob", "tag"]

TREE = 0o040000
FILE = 0o100644
EXECUTABLE = 0o100755
LINK = 0o120000
SUBMODULE = 0o160000

_TREE_ENTRY = re.compile(rb"([0-7]{5,6}) ([^\0]+)\0(.{20})", re.DOTALL)
_MODES = {b"%o" % mode: mode for mode in (TREE, FILE, EXECUTABLE, LINK, SUBMODULE)}
_MODE_BYTES = {mode: text for text, mode in _MODES.items()}


class Node(NamedTuple):
    """What a tree says of one name: a mode and a binary object id (20 bytes)."""

    mode: int
    id: bytes

    @property
    def is_tree(self) -> bool:
        """Whether it is a folder."""
        return self.mode == TREE

    @property
    def oid(self) -> Oid:
        """The object id as text."""
        return Oid(self.id.hex())


@dataclass(frozen=True, slots=True)
class Person:
    """Who made a commit, and when: microseconds since 1970 UTC and the zone's offset in minutes."""

    name: str
    email: str
    at: int
    offset: int = 0


@dataclass(frozen=True, slots=True)
class CommitObject:
    """A commit's fields. `message` is whole: title, blank line, text."""

    tree: Oid
    parents: tuple[Oid, ...]
    author: Person
    committer: Person
    message: str


_new_node: Callable[[tuple[int, bytes]], Node] = partial(tuple.__new__, Node)


def object_id(kind: Kind, body: bytes) -> bytes:
    """The 20-byte id that git gives to an object. Raises Unprocessable for a blob made to share its id with another.

    Only blobs hold what their authors like; two trees or commits that collide would not be UTF-8 throughout.
    """
    if kind == "blob":
        return blob_id(body)
    digest = hashlib.sha1(b"%s %d\0" % (kind.encode(), len(body)), usedforsecurity=False)
    digest.update(body)
    return digest.digest()


def blob_id(body: bytes, sha1: Callable[[bytes], pygit2.Oid] = pygit2.hash) -> bytes:
    """A blob's id by an implementation of SHA-1 that knows content made for a collision, as git's own does."""
    try:
        return bytes(sha1(body).raw)
    except pygit2.GitError as error:
        raise Unprocessable(COLLIDES) from error


COLLIDES = "A file's content was made so that another has the same SHA-1, by which git tells files apart. Change it."


def parse_tree(body: bytes) -> dict[bytes, Node]:
    """The entries of a tree object, in its own order. Raises ValueError if it is not well formed."""
    found: list[tuple[bytes, bytes, bytes]] = _TREE_ENTRY.findall(body)
    modes, names, ids = zip(*found, strict=True) if found else ((), (), ())
    if len(b"".join(modes)) + len(b"".join(names)) + 22 * len(found) != len(body):
        raise ValueError("a tree object is not well formed")
    # Folders of 10^5 files are common: no Python code runs for each entry.
    known: dict[bytes, int] = {mode: _MODES.get(mode) or _odd_mode(mode) for mode in set(modes)}
    return dict(zip(names, map(_new_node, zip(map(known.__getitem__, modes), ids, strict=True)), strict=True))


def _odd_mode(mode: bytes) -> int:
    # Old tools wrote 100664 and zero-padded folders; git reads them as the mode they stand for.
    value = int(mode, 8)
    if value & 0o170000 == 0o100000:
        return EXECUTABLE if value & 0o100 else FILE
    return value & 0o170000


def tree_order(name: bytes, node: Node) -> bytes:
    """The key by which git sorts a tree: a folder compares as if its name ended in a slash."""
    return name + b"/" if node.mode == TREE else name


def encode_tree(entries: Mapping[bytes, Node]) -> bytes:
    """The tree object of `entries`, which may come in any order."""
    ordered = sorted(entries.items(), key=lambda item: tree_order(*item))
    return b"".join([b"%s %s\0%s" % (_MODE_BYTES[mode], name, oid) for name, (mode, oid) in ordered])


def encode_commit(commit: CommitObject) -> bytes:
    """The commit object; names are freed of what git forbids in them."""
    lines = [f"tree {commit.tree}", *(f"parent {parent}" for parent in commit.parents)]
    lines += [f"author {_signature(commit.author)}", f"committer {_signature(commit.committer)}"]
    return ("\n".join(lines) + "\n\n" + commit.message).encode("utf-8", "surrogateescape")


def parse_commit(body: bytes) -> CommitObject:
    """The fields of a commit object; unknown headers (signatures, encodings) are passed over.

    Raises ValueError if tree, author or committer is missing.
    """
    head, _, message = body.partition(b"\n\n")
    fields: dict[bytes, list[bytes]] = {}
    for line in head.split(b"\n"):
        key, _, value = line.partition(b" ")
        fields.setdefault(key, []).append(value)
    if not (b"tree" in fields and b"author" in fields and b"committer" in fields):
        raise ValueError("a commit object lacks its tree, author or committer")
    return CommitObject(
        Oid(_text(fields[b"tree"][0])),
        tuple(Oid(_text(parent)) for parent in fields.get(b"parent", [])),
        _person(fields[b"author"][0]),
        _person(fields[b"committer"][0]),
        _text(message),
    )


def encode_tag(target: Oid, name: str, tagger: Person, message: str) -> bytes:
    """An annotated tag of the commit `target`; `name` is short (`v1`)."""
    text = message if message.endswith("\n") else message + "\n"
    head = f"object {target}\ntype commit\ntag {name}\ntagger {_signature(tagger)}\n\n"
    return (head + text).encode("utf-8", "surrogateescape")


def tag_target(body: bytes) -> tuple[Kind | None, Oid]:
    """What a tag object points at: the kind and the id."""
    fields = dict(_pairs(body.partition(b"\n\n")[0].split(b"\n")))
    kind = fields.get(b"type", b"")
    for known in ("commit", "tree", "blob", "tag"):
        if kind == known.encode():
            return known, Oid(_text(fields[b"object"]))
    return None, Oid("")


def _pairs(lines: Iterable[bytes]) -> Iterable[tuple[bytes, bytes]]:
    for line in lines:
        key, _, value = line.partition(b" ")
        yield key, value


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _clean(text: str) -> str:
    # Git ends a name at "<" and a line at "\n": neither may come from outside.
    kept = "".join(letter for letter in text if letter >= " " and letter not in "<>\x7f")
    return kept.strip(" .,:;\"'\\") or "unknown"


def _signature(person: Person) -> str:
    sign = "-" if person.offset < 0 else "+"
    hours, minutes = divmod(abs(person.offset), 60)
    seconds = person.at // 1_000_000
    return f"{_clean(person.name)} <{_clean(person.email)}> {seconds} {sign}{hours:02d}{minutes:02d}"


def _person(raw: bytes) -> Person:
    name, _, rest = _text(raw).partition(" <")
    email, _, moment = rest.partition("> ")
    seconds, _, zone = moment.partition(" ")
    try:
        at = int(seconds) * 1_000_000
        offset = (int(zone[1:3]) * 60 + int(zone[3:5])) * (-1 if zone.startswith("-") else 1) if zone else 0
    except ValueError:
        at, offset = 0, 0
    return Person(name, email, at, offset)
