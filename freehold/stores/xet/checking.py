"""Verifies what the Xet store keeps: xorbs against their hashes, files against their chunks, rows against both."""

from array import array
from collections.abc import Iterator

from freehold.base.errors import Invalid, StorageFailed
from freehold.base.faults import Fault
from freehold.base.ids import XetHash
from freehold.stores.blobs.key import BlobKey
from freehold.stores.db.database import Database, Row
from freehold.stores.xet.files import Files
from freehold.stores.xet.indexing import Indexing
from freehold.stores.xet.terms import Terms
from freehold.stores.xet.xorbs import Xorb, Xorbs
from freehold.wire.xet.hashes import HASH_BYTES, file_hash, from_text, to_text
from freehold.wire.xet.xorb import XorbLayout, XorbVerifier

_PAGE = 500

# What one kind of row names must be there as another kind of row.
_REFERENCES = (
    ("xorb", "the index of chunks", "SELECT DISTINCT c.xorb FROM xet_chunk c", "xet_xorb x ON x.hash = c.xorb"),
    ("xorb", "a file", "SELECT DISTINCT c.xorb FROM xet_file_xorb c", "xet_xorb x ON x.hash = c.xorb"),
    ("xorb", "its uploader", "SELECT DISTINCT c.xorb FROM xet_holder c", "xet_xorb x ON x.hash = c.xorb"),
    ("file", "an edge to a xorb", "SELECT DISTINCT c.file FROM xet_file_xorb c", "xet_file x ON x.hash = c.file"),
    ("file", "a repository", "SELECT DISTINCT c.file FROM xet_repo_file c", "xet_file x ON x.hash = c.file"),
)

# What the sweep goes by must be true: each is one statement, so that it sees one moment.
_LINK = "EXISTS (SELECT 1 FROM xet_repo_file l WHERE l.file = x.hash)"
_EDGE = "EXISTS (SELECT 1 FROM xet_file_xorb e WHERE e.xorb = x.hash)"
_MARKS = (
    ("file", "a repository has it, but it is marked as deleted", f"xet_file x WHERE x.unlinked_at > 0 AND {_LINK}"),
    (
        "file",
        "no repository has it, which the sweep will not see",
        f"xet_file x WHERE x.unlinked_at IS NULL AND NOT {_LINK}",
    ),
    ("xorb", "a file uses it, but it is marked as unused", f"xet_xorb x WHERE x.unused_since > 0 AND {_EDGE}"),
    ("xorb", "a file uses it, but it is being deleted", f"xet_xorb x WHERE x.state <> 'live' AND {_EDGE}"),
    (
        "xorb",
        "no file uses it, which the sweep will not see",
        f"xet_xorb x WHERE x.unused_since IS NULL AND NOT {_EDGE}",
    ),
)


class Checking:
    """Reads everything once; changes nothing, and may run while the hub serves."""

    def __init__(self, db: Database, xorbs: Xorbs, files: Files) -> None:
        self.db, self.xorbs, self.files = db, xorbs, files
        self._index = Indexing(db, xorbs)

    def faults(self) -> Iterator[Fault]:
        """Everything that is wrong, in words."""
        for row in self._rows("SELECT hash, key, stored_bytes, chunks, raw_bytes FROM xet_xorb", "state = 'live'"):
            if (problem := self._xorb_problem(row)) and self._is_live(row):
                yield Fault("xet", f"xorb {row.hash}", problem)
        for row in self._rows("SELECT hash, size, terms FROM xet_file", "1 = 1"):
            if (problem := self._file_problem(row)) and self.files.size(row.hash) is not None:
                yield Fault("xet", f"file {row.hash}", problem)
        for kind, what, select, target in _REFERENCES:
            with self.db.read() as tx:
                lost = tx.all(f"{select} LEFT JOIN {target} WHERE x.hash IS NULL")
            yield from (Fault("xet", f"{kind} {row[0]}", f"{what} names it, but it is not kept") for row in lost)
        for kind, problem, rest in _MARKS:
            with self.db.read() as tx:
                marked = tx.all(f"SELECT x.hash FROM {rest}")
            yield from (Fault("xet", f"{kind} {row.hash}", problem) for row in marked)

    def _is_live(self, row: Row) -> bool:
        """Whether the row stands as it was read: a sweep may have deleted it meanwhile."""
        with self.db.read() as tx:
            xorb = self.xorbs.find(tx, [row.hash]).get(row.hash)
        return xorb is not None and xorb.key.path == row.key

    def _rows(self, select: str, condition: str) -> Iterator[Row]:
        """A whole table in pages, so that no transaction stays open for the length of the check."""
        last = ""
        while True:
            with self.db.read() as tx:
                page = tx.all(
                    f"{select} WHERE {condition} AND hash > :last ORDER BY hash LIMIT :limit", last=last, limit=_PAGE
                )
            yield from page
            if len(page) < _PAGE:
                return
            last = page[-1].hash

    def _xorb_problem(self, row: Row) -> str | None:
        xorb = Xorb(XetHash(row.hash), BlobKey(row.key), row.stored_bytes)
        try:
            size = self.xorbs.blobs.size(xorb.key)
            if size != row.stored_bytes:
                return f"{size or 'no'} bytes are stored instead of {row.stored_bytes}"
            found = self._read(xorb)
            if found != self.xorbs.layout(xorb):
                return "its layout describes other chunks than are stored"
            if (found.n, found.raw_bytes) != (row.chunks, row.raw_bytes):
                return "its row gives another number of chunks or bytes than are stored"
        except (Invalid, StorageFailed) as error:
            return error.message
        if xorb.key.path.partition("-")[0].rsplit("/", 1)[-1] != row.hash:
            return "its blobs are another xorb's generation"
        with self.db.read() as tx:
            return self._index.problem(tx, xorb.hash, found)

    def _read(self, xorb: Xorb) -> XorbLayout:
        verifier = XorbVerifier()
        for piece in self.xorbs.blobs.pieces(xorb.key):
            verifier.feed(piece)
        return verifier.finish(from_text(xorb.hash))

    def _file_problem(self, row: Row) -> str | None:
        terms = Terms(row.terms)
        if terms.size != row.size:
            return "its terms do not add up to its size"
        names = [to_text(xorb) for xorb in terms.xorbs()]
        with self.db.read() as tx:
            kept = self.xorbs.find(tx, names)
            edges = {edge.xorb for edge in tx.all("SELECT xorb FROM xet_file_xorb WHERE file = :f", f=row.hash)}
        if edges != set(names):
            return "the xorbs of its terms and those recorded beside it differ"
        if missing := set(names) - set(kept):
            return f"xorb {min(missing)} is missing"
        try:
            return self._terms_problem(row.hash, terms, kept)
        except StorageFailed as error:
            return error.message

    def _terms_problem(self, name: str, terms: Terms, kept: dict[XetHash, Xorb]) -> str | None:
        hashes, sizes = bytearray(), array("I")
        for term in terms:
            layout = self.xorbs.layout(kept[to_text(term.xorb)])
            if not 0 <= term.start < term.end <= layout.n:
                return "a term names chunks that its xorb does not have"
            hashes += layout.hashes[HASH_BYTES * term.start : HASH_BYTES * term.end]
            sizes.extend(layout.raw_sizes(term.start, term.end))
        if to_text(file_hash(hashes, sizes)) != name:
            return "its chunks make another file"
        return None
