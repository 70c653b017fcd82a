"""A Xet store in memory, and people who upload to it as a client would."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from freehold.base.ids import Sha256, XetHash
from freehold.stores.blobs.memory import MemoryBlobs
from freehold.stores.db.database import Database
from freehold.stores.xet.access import Caller
from freehold.stores.xet.shards import Registered
from freehold.stores.xet.store import XetStore
from freehold.wire.xet.codec import Scheme
from freehold.wire.xet.hashes import file_hash, range_hash, to_text
from freehold.wire.xet.shard import FileInfo, Term, write_upload_shard
from freehold.wire.xet.xorb import XorbLayout, XorbVerifier, encode_xorb

START = 1_790_000_000_000_000


def some_chunks(seed: int, count: int = 5) -> list[bytes]:
    """Different chunks of different lengths, half of them compressible."""
    dice = random.Random(seed)
    return [
        dice.randbytes(dice.randint(9_000, 20_000))
        if index % 2
        else bytes([seed % 251, index]) * dice.randint(5_000, 60_000)
        for index in range(count)
    ]


def layout_of(chunks: list[bytes], scheme: Scheme = Scheme.LZ4) -> XorbLayout:
    """What the store should find in a xorb made of `chunks`."""
    verifier = XorbVerifier()
    verifier.feed(encode_xorb(chunks, scheme))
    return verifier.finish()


def file_of(*parts: tuple[XorbLayout, int, int], sha256: Sha256 | None = None) -> FileInfo:
    """A file made of chunk ranges of xorbs, truthfully described."""
    terms, hashes, sizes, proofs = [], b"", [], b""
    for layout, start, end in parts:
        first, last = layout.raw_span(start, end)
        terms.append(Term(layout.hash, last - first, start, end))
        chunks = layout.hashes[32 * start : 32 * end]
        hashes, proofs = hashes + chunks, proofs + range_hash(chunks)
        sizes += layout.raw_sizes(start, end)
    return FileInfo(file_hash(hashes, sizes), tuple(terms), proofs, sha256)


@dataclass
class Bench:
    """The store and the moves that tests make on it. Repository `x-public` may be read by everyone."""

    xet: XetStore
    db: Database
    blobs: MemoryBlobs
    bound: list[Registered] = field(default_factory=list)

    def caller(self, name: str) -> Caller:
        """A person who may read their own repositories (`name-…`) and public ones (`…-public`)."""
        readable = "SELECT repo_id FROM xet_repo_file WHERE repo_id LIKE :own OR repo_id LIKE '%-public'"
        return Caller(name, readable, {"own": f"{name}-%"})

    def upload(self, name: str, chunks: list[bytes], scheme: Scheme = Scheme.LZ4) -> XorbLayout:
        """Send one xorb."""
        layout = layout_of(chunks, scheme)
        with self.xet.xorbs.receive(to_text(layout.hash), name) as incoming:
            incoming.feed(memoryview(encode_xorb(chunks, scheme)))
            incoming.finish()
        return layout

    def register(self, name: str, repo: str, files: list[FileInfo], layouts: list[XorbLayout] | None = None) -> None:
        """Send a shard."""
        shard = write_upload_shard(files, layouts or [])
        self.xet.shards.register(self.caller(name), repo, shard, lambda _tx, new: self.bound.extend(new))

    def push(self, name: str, repo: str, chunks: list[bytes]) -> XetHash:
        """Send a file of one xorb, and the shard that registers it."""
        layout = self.upload(name, chunks)
        file = file_of((layout, 0, layout.n))
        self.register(name, repo, [file], [layout])
        return to_text(file.hash)


@pytest.fixture
def bench(tmp_path) -> Iterator[Bench]:
    db = Database(f"sqlite:///{tmp_path}/hub.sqlite")
    db.migrate()
    blobs = MemoryBlobs()
    yield Bench(XetStore(db, blobs, b"secret", lambda: START), db, blobs)
    db.close()
