"""The bucket in the machine of garbage: what arrives there, gets a path, loses it, and must be read all the while."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from freehold.base.ids import RepoId, RepoKind, XetHash
from freehold.core.accounts.access import Right
from freehold.core.accounts.actor import SYSTEM
from freehold.core.repos.bucket_batches import DropFile, PutFile
from freehold.core.repos.buckets import UPLOAD_KEPT_S
from freehold.core.repos.permit import Permit
from freehold.stores.xet.shards import MissingXorbs
from freehold.wire.xet.hashes import to_text
from freehold.wire.xet.shard import write_upload_shard
from tests.core.repos.garbage_material import LAYOUTS, SEEDS, chunks_of, read
from tests.stores.xet.conftest import file_of

SHELF = RepoId(RepoKind.BUCKET, "alice", "shelf")

seeds = st.sampled_from(SEEDS)
spans = st.tuples(st.integers(0, 2), st.integers(1, 2)).map(lambda span: (span[0], min(3, span[0] + span[1])))


class ShelfRules(RuleBasedStateMachine):
    """Stands on the machine's own rooms, clock and promises."""

    rooms: Any
    clock: Any
    legal: dict[tuple[str, int], int]

    def __init__(self) -> None:
        super().__init__()
        self.shelf: dict[str, bytes] = {}
        """The bucket's files."""
        self.arrived: dict[bytes, tuple[XetHash, int]] = {}
        """What may be given a path there: its name, and until when it waits (microseconds)."""

    @rule(parts=st.lists(st.tuples(seeds, spans), min_size=1, max_size=2), mid=st.sampled_from(range(4)))
    def bring_to_the_bucket(self, parts: list, mid: int) -> None:
        content = b"".join(b"".join(chunks_of(seed)[a:b]) for seed, (a, b) in parts)
        file = file_of(*((LAYOUTS[seed], a, b) for seed, (a, b) in parts))
        lawful = all(self.legal.get(("alice", seed), 0) > self.clock() for seed, _ in parts)
        bucket = self.bucket().repo
        permit = Permit(SYSTEM, bucket.id, Right.WRITE)
        try:
            self.rooms.xet.shards.register(
                self.caller("alice"), bucket.id, write_upload_shard([file], []),
                lambda tx, new: self.rooms.repos.buckets.expect(tx, bucket, new, permit),
                lambda done, total: self.sweep_some(mid) if done == total else None,
            )  # fmt: skip
        except MissingXorbs:
            assert not lawful, "a client was refused what it had been promised"
            return
        self.arrived[content] = (to_text(file.hash), self.clock() + UPLOAD_KEPT_S * 1_000_000)

    @rule(path=st.sampled_from(["x", "y"]), which=st.integers(0, 9))
    def put_into_the_bucket(self, path: str, which: int) -> None:
        """What has arrived, or lies there already at some path."""
        if not self.arrived:
            return
        content = sorted(self.arrived)[which % len(self.arrived)]
        name, until = self.arrived[content]
        if self.bucket().apply([PutFile(path, name)]):
            assert until < self.clock(), "what arrived was let go before it could be given a path"
            assert content not in self.shelf.values()
            del self.arrived[content]
        else:
            self.shelf[path] = content
            self.arrived[content] = (name, 0)

    @rule(path=st.sampled_from(["x", "y"]))
    def drop_from_the_bucket(self, path: str) -> None:
        self.bucket().apply([DropFile(path)])
        self.shelf.pop(path, None)

    @rule()
    def let_go_of_what_only_arrived(self) -> None:
        self.rooms.repos.buckets.sweep({})

    def bucket(self):
        return self.rooms.repos.buckets.writer(self.actor("alice"), SHELF)

    @invariant()
    def every_file_of_the_bucket_can_be_read(self) -> None:
        bucket = self.bucket()
        assert {file.path: file.size for file in bucket.files(limit=10)} == {
            path: len(content) for path, content in self.shelf.items()
        }
        for path, content in self.shelf.items():
            assert read(bucket.located(bucket.file(path), 0, len(content))) == content
