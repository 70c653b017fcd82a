"""Registers files from shards: every claim is recomputed from the stored layouts before anything is visible."""

from array import array
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from freehold.base.clock import Clock
from freehold.base.errors import Invalid
from freehold.base.ids import Sha256, XetHash
from freehold.base.streams import Buffer
from freehold.stores.blobs.store import BlobMissing
from freehold.stores.db.database import Database, Transaction
from freehold.stores.xet.access import Caller, Use, uses
from freehold.stores.xet.files import Files
from freehold.stores.xet.xorbs import Xorb, Xorbs, remember_chunks
from freehold.wire.xet.hashes import HASH_BYTES, file_hash, range_hash, to_text
from freehold.wire.xet.shard import FileInfo, Shard, Term, XorbInfo, parse_shard
from freehold.wire.xet.xorb import XorbLayout


class MissingXorbs(Invalid):
    """A shard builds upon xorbs that the hub does not keep, or that the caller may not use: the two look alike."""

    def __init__(self, xorbs: Collection[XetHash]) -> None:
        super().__init__(
            f"The hub no longer has {len(xorbs)} of the stored pieces that this upload builds upon "
            f"(the first is {min(xorbs)}). Run the upload again: it will send them anew."
        )
        self.xorbs = frozenset(xorbs)


@dataclass(frozen=True, slots=True)
class Registered:
    """A file that a shard brought: its Xet hash, its length, and the SHA-256 that the client claims, if any."""

    hash: XetHash
    size: int
    sha256: Sha256 | None


Bind = Callable[[Transaction, Sequence[Registered]], None]
"""Writes the files into the books of the repository, in the transaction that makes them visible. May refuse."""

Progress = Callable[[int, int], None]
"""Is told, while a shard is checked, how many of how many files are done."""


@dataclass(slots=True)
class _Material:
    """What a shard is checked against: the xorbs it names, as they are kept, and what the caller may use of them."""

    xorbs: dict[XetHash, Xorb]
    uses: dict[XetHash, Use]
    names: dict[bytes, XetHash]
    first_chunks: dict[XetHash, set[bytes]] = field(default_factory=dict)


class Shards:
    """Turns shards into files."""

    def __init__(self, db: Database, xorbs: Xorbs, files: Files, clock: Clock) -> None:
        self.db, self.xorbs, self.files, self.clock = db, xorbs, files, clock

    def register(
        self, caller: Caller, repo_id: str, data: Buffer, bind: Bind, progress: Progress = lambda _done, _all: None
    ) -> list[Registered]:
        """Check the shard in `data` and make its files part of the repository.

        Raises MissingXorbs, and Invalid for a false claim; then nothing is registered.
        """
        shard = parse_shard(data)
        material = self._gather(caller, shard)
        for info in shard.xorbs:
            _check_xorb(info, self._layout(material, info.hash))
        for done, file in enumerate(shard.files):
            progress(done, len(shard.files))
            self._check_file(file, material)
        progress(len(shard.files), len(shard.files))
        registered = [Registered(to_text(file.hash), file.size, file.sha256) for file in shard.files]
        with self.db.write() as tx:
            # The repository first, then files, then xorbs, everything in the order of its names: shards and sweeps
            # that come at the same time and share some of them wait for each other, never in a circle.
            bind(tx, registered)
            for file in sorted(shard.files, key=lambda file: to_text(file.hash)):
                self.files.add(tx, repo_id, to_text(file.hash), file.terms)
            self._use(tx, material)
            for xorb in sorted(material.first_chunks):
                remember_chunks(tx, xorb, material.first_chunks[xorb])
        return registered

    def _gather(self, caller: Caller, shard: Shard) -> _Material:
        """Find what the shard names; raise MissingXorbs for what is absent or not the caller's to use."""
        raw = {term.xorb for file in shard.files for term in file.terms} | {info.hash for info in shard.xorbs}
        names = {digest: to_text(digest) for digest in raw}
        with self.db.read() as tx:
            xorbs = self.xorbs.find(tx, list(names.values()))
            allowed = uses(tx, caller, xorbs)
        if missing := [name for name in names.values() if name not in allowed]:
            raise MissingXorbs(missing)
        return _Material(xorbs, allowed, names)

    def _layout(self, material: _Material, xorb: bytes) -> XorbLayout:
        found = material.xorbs[material.names[xorb]]
        try:
            return self.xorbs.layout(found)
        except BlobMissing:
            with self.db.read() as tx:
                now = self.xorbs.find(tx, [found.hash]).get(found.hash)
            if now is not None and now.key == found.key:
                raise
            # Swept since it was looked up: no file used it, and whoever wants to must bring it again.
            raise MissingXorbs([found.hash]) from None

    def _check_file(self, file: FileInfo, material: _Material) -> None:
        """Check every term, then that the chunks of all of them together hash to the file's hash."""
        name = to_text(file.hash)
        if file.range_hashes is None or len(file.range_hashes) != HASH_BYTES * len(file.terms):
            raise Invalid(f"The shard gives no proof for file {name}. Upload with a client that sends verification.")
        hashes, sizes = bytearray(), array("I")
        for index, term in enumerate(file.terms):
            layout = self._layout(material, term.xorb)
            self._check_term(term, layout, material)
            chunks = layout.hashes[HASH_BYTES * term.start : HASH_BYTES * term.end]
            if range_hash(chunks) != file.range_hashes[HASH_BYTES * index : HASH_BYTES * (index + 1)]:
                raise Invalid(
                    f"The proof of term {index} of file {name} is wrong: it does not match the stored chunks."
                )
            hashes += chunks
            sizes.extend(layout.raw_sizes(term.start, term.end))
            if index == 0:
                material.first_chunks.setdefault(material.names[term.xorb], set()).add(chunks[:HASH_BYTES])
        if file_hash(hashes, sizes) != file.hash:
            raise Invalid(f"The chunks that the shard lists for file {name} make another file.")

    def _check_term(self, term: Term, layout: XorbLayout, material: _Material) -> None:
        name = material.names[term.xorb]
        if not 0 <= term.start < term.end <= layout.n:
            raise Invalid(f"The shard names chunks {term.start} to {term.end} of xorb {name}, which has {layout.n}.")
        if not material.uses[name].covers(term.start, term.end):
            raise MissingXorbs([name])
        first, last = layout.raw_span(term.start, term.end)
        if last - first != term.unpacked:
            raise Invalid(f"The shard gives a wrong length for chunks {term.start} to {term.end} of xorb {name}.")

    def _use(self, tx: Transaction, material: _Material) -> None:
        """Look again inside the transaction, and keep sweeps away until it ends: one may have begun meanwhile."""
        if missing := set(material.xorbs) - self.xorbs.use(tx, material.xorbs):
            raise MissingXorbs(missing)


def _check_xorb(info: XorbInfo, layout: XorbLayout) -> None:
    """What the shard says of a xorb must be what the hub saw when it came in."""
    if info.hashes != layout.hashes or info.raw_ends != tuple(layout.raw_ends):
        raise Invalid(f"The shard describes xorb {to_text(info.hash)} otherwise than it was uploaded.")
