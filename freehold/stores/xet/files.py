"""Keeps files as terms, and which repositories have them; answers where the bytes of a range lie."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from freehold.base.clock import Clock
from freehold.base.errors import Corrupt, NotFound, RangeUnsatisfiable
from freehold.base.ids import XetHash
from freehold.stores.db.database import Database, Transaction
from freehold.stores.xet.access import merged
from freehold.stores.xet.terms import Terms
from freehold.stores.xet.xorbs import Xorb, Xorbs
from freehold.wire.xet.hashes import to_text
from freehold.wire.xet.shard import Term


@dataclass(frozen=True, slots=True)
class Span:
    """Chunks `start` to `end` (exclusive) of a xorb, which are the stored bytes `first` to `stop` (exclusive)."""

    xorb: Xorb
    start: int
    end: int
    first: int
    stop: int


@dataclass(frozen=True, slots=True)
class Part:
    """A term cut to the asked range at chunk boundaries."""

    xorb: XetHash
    unpacked: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reconstruction:
    """How to make a byte range of a file: decode `parts` in order, drop `skip` bytes of the first.

    `spans` says where the chunks lie, disjoint and in order for each xorb; every part lies within one span.
    """

    skip: int
    parts: list[Part]
    spans: dict[XetHash, list[Span]]


@dataclass(frozen=True, slots=True)
class Left:
    """Who lets go of files: the namespace, and since when nothing of it needed them (None: since now)."""

    owner_id: str = ""
    since: int | None = None


class Files:
    """The files of the hub. Whether a repository has a file is the right to reconstruct it."""

    def __init__(self, db: Database, xorbs: Xorbs, clock: Clock) -> None:
        self.db, self.xorbs, self.clock = db, xorbs, clock

    def add(self, tx: Transaction, repo_id: str, file: XetHash, terms: Sequence[Term]) -> None:
        """Keep a file whose terms were checked, and make it part of the repository."""
        packed = Terms.of(terms)
        inserted = tx.run(
            # Not `DO NOTHING`: the row must stay as it is until the link below is there, too.
            "INSERT INTO xet_file (hash, size, terms, created_at) VALUES (:hash, :size, :terms, :now)"
            " ON CONFLICT (hash) DO UPDATE SET unlinked_at = NULL RETURNING terms",
            hash=file, size=packed.size, terms=packed.to_bytes(), now=self.clock(),
        ).fetchone()  # fmt: skip
        # A file that was here already keeps its own terms.
        edges = [{"file": file, "xorb": to_text(xorb)} for xorb in Terms(inserted[0]).xorbs()]
        tx.many(
            "INSERT INTO xet_file_xorb (file, xorb) VALUES (:file, :xorb) ON CONFLICT (file, xorb) DO NOTHING", edges
        )
        self.link(tx, repo_id, file)

    def link(self, tx: Transaction, repo_id: str, file: XetHash) -> bool:
        """Give the repository the file, if it is kept. The caller must have proved that it may have it."""
        return bool(self.link_all(tx, repo_id, [file]))

    def link_all(self, tx: Transaction, repo_id: str, files: Sequence[XetHash]) -> list[XetHash]:
        """As `link`, for many; those that are kept."""
        kept = self.locked(tx, files)
        tx.many(
            "UPDATE xet_file SET unlinked_at = NULL WHERE hash = :file AND unlinked_at IS NOT NULL",
            [{"file": file} for file in kept],
        )
        tx.many(
            "INSERT INTO xet_repo_file (repo_id, file, created_at) VALUES (:repo, :file, :now)"
            " ON CONFLICT (repo_id, file) DO NOTHING",
            [{"repo": repo_id, "file": file, "now": self.clock()} for file in kept],
        )
        return kept

    def locked(self, tx: Transaction, files: Sequence[XetHash]) -> list[XetHash]:
        """Those of `files` that are kept, in the order of their names; until `tx` ends nobody else touches them."""
        alone = "" if self.db.is_sqlite else " FOR UPDATE"
        rows = tx.within(f"SELECT hash FROM xet_file WHERE hash IN :values ORDER BY hash{alone}", sorted(files))
        return [XetHash(row.hash) for row in rows]

    def held(self, tx: Transaction, repo_id: str, files: Sequence[XetHash]) -> dict[XetHash, int]:
        """Those of `files` that the repository has, with their lengths; so it stays if they are `locked` before."""
        rows = tx.within(
            "SELECT f.file, x.size FROM xet_repo_file f JOIN xet_file x ON x.hash = f.file"
            " WHERE f.repo_id = :repo AND f.file IN :values",
            files, repo=repo_id,
        )  # fmt: skip
        return {XetHash(row.file): row.size for row in rows}

    def copy_links(self, tx: Transaction, source: str, target: str, files: Sequence[XetHash] | None = None) -> None:
        """Give the repository `target` the files that `source` has: all of them, or only `files`."""
        rows = (
            tx.all("SELECT file FROM xet_repo_file WHERE repo_id = :source", source=source)
            if files is None
            else tx.within(
                "SELECT file FROM xet_repo_file WHERE repo_id = :source AND file IN :values", files, source=source
            )
        )
        self.link_all(tx, target, [XetHash(row.file) for row in rows])

    def linked_since(self, tx: Transaction, repo_id: str) -> dict[XetHash, int]:
        """The files of a repository, each with the moment since when it has it."""
        rows = tx.all("SELECT file, created_at FROM xet_repo_file WHERE repo_id = :repo", repo=repo_id)
        return {XetHash(row.file): row.created_at for row in rows}

    def forget(self, tx: Transaction, repo_id: str, files: Collection[XetHash] | None, left: "Left") -> None:
        """Take some files, or all (None), away from the repository; what no other has is deleted by a later sweep."""
        chosen = list(self.linked_since(tx, repo_id)) if files is None else list(files)
        for file in self.locked(tx, chosen):
            tx.run("DELETE FROM xet_repo_file WHERE repo_id = :repo AND file = :file", repo=repo_id, file=file)
            tx.run(
                "UPDATE xet_file SET unlinked_at = :since, last_owner = :owner WHERE hash = :file"
                " AND NOT EXISTS (SELECT 1 FROM xet_repo_file f WHERE f.file = :file)",
                since=self.clock() if left.since is None else left.since, owner=left.owner_id, file=file,
            )  # fmt: skip
        if files is None:
            tx.run("DELETE FROM xet_repo_file WHERE repo_id = :repo", repo=repo_id)

    def linked(self, tx: Transaction, repo_id: str, after: str, limit: int) -> list[XetHash]:
        """What the repository has, in the order of the hashes, behind `after`."""
        rows = tx.all(
            "SELECT file FROM xet_repo_file WHERE repo_id = :repo AND file > :after ORDER BY file LIMIT :limit",
            repo=repo_id, after=after, limit=limit,
        )  # fmt: skip
        return [XetHash(row.file) for row in rows]

    def size(self, file: XetHash) -> int | None:
        """The length in bytes, or None when there is no such file."""
        with self.db.read() as tx:
            size: int | None = tx.scalar("SELECT size FROM xet_file WHERE hash = :file", file=file)
        return size

    def size_in(self, repo_id: str, file: XetHash) -> int:
        """The length in bytes of a file of the repository. Raises NotFound where it has no such file."""
        with self.db.read() as tx:
            size: int | None = tx.scalar(
                "SELECT f.size FROM xet_file f JOIN xet_repo_file r ON r.file = f.hash"
                " WHERE f.hash = :file AND r.repo_id = :repo",
                file=file, repo=repo_id,
            )  # fmt: skip
        if size is None:
            raise NotFound("This repository has no file of that hash.")
        return size

    def terms(self, file: XetHash) -> Terms:
        """How the file is made. Raises NotFound."""
        with self.db.read() as tx:
            packed = tx.scalar("SELECT terms FROM xet_file WHERE hash = :file", file=file)
        if packed is None:
            raise NotFound("There is no file of that hash.")
        return Terms(packed)

    def reconstruction(self, file: XetHash, start: int, stop: int) -> Reconstruction:
        """How to make bytes `start` to `stop` (exclusive, cut at the end) of the file.

        Raises RangeUnsatisfiable where `start` lies beyond the end, NotFound for an unknown file.
        """
        terms = self.terms(file)
        if start >= terms.size:
            if start == stop == 0 or (start == 0 and terms.size == 0):
                return Reconstruction(0, [], {})
            raise RangeUnsatisfiable(terms.size)
        first, last = terms.overlapping(start, min(stop, terms.size))
        chosen = [terms[index] for index in range(first, last)]
        xorbs = self._xorbs_of(chosen)
        skip, parts = self._cut(chosen, xorbs, start - terms.offset(first), min(stop, terms.size) - terms.offset(first))
        return Reconstruction(skip, parts, self._spans(parts, xorbs))

    def _xorbs_of(self, terms: Sequence[Term]) -> dict[XetHash, Xorb]:
        names = list(dict.fromkeys(to_text(term.xorb) for term in terms))
        with self.db.read() as tx:
            found = self.xorbs.find(tx, names)
        if missing := set(names) - set(found):
            raise Corrupt(f"The hub has lost xorb {min(missing)}. Tell its operator to run `freehold check`.")
        return found

    def _cut(self, terms: Sequence[Term], xorbs: dict[XetHash, Xorb], start: int, stop: int) -> tuple[int, list[Part]]:
        """Trim the first and the last term to the chunks that hold `start` to `stop`, counted from the first term."""
        parts, skip, offset = [], start, 0
        for index, term in enumerate(terms):
            name, begin, end = to_text(term.xorb), term.start, term.end
            if index in (0, len(terms) - 1):
                ends = self.xorbs.layout(xorbs[name]).raw_ends
                base = offset - (ends[begin - 1] if begin else 0)
                while begin + 1 < end and base + ends[begin] <= start:
                    begin += 1
                while end - 1 > begin and base + ends[end - 2] >= stop:
                    end -= 1
                low = ends[begin - 1] if begin else 0
                parts.append(Part(name, ends[end - 1] - low, begin, end))
                if index == 0:
                    skip = start - (base + low)
            else:
                parts.append(Part(name, term.unpacked, begin, end))
            offset += term.unpacked
        return skip, parts

    def _spans(self, parts: Sequence[Part], xorbs: dict[XetHash, Xorb]) -> dict[XetHash, list[Span]]:
        """Where the chunks of the parts lie; overlapping or adjacent ranges of one xorb become one span."""
        ranges: dict[XetHash, list[tuple[int, int]]] = {}
        for part in parts:
            ranges.setdefault(part.xorb, []).append((part.start, part.end))
        spans = {}
        for name, wanted in ranges.items():
            layout = self.xorbs.layout(xorbs[name])
            spans[name] = [Span(xorbs[name], a, b, *layout.stored_span(a, b)) for a, b in merged(wanted)]
        return spans
