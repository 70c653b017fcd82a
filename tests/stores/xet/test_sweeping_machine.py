"""Uploads, shards, dedup answers, deletions, crashes and each step of the sweep in any order, in one small store."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from freehold.base.ids import XetHash
from freehold.base.retention import Doomed, Retention
from freehold.stores.blobs.key import sidecar_key
from freehold.stores.blobs.memory import MemoryBlobs
from freehold.stores.db.database import Database
from freehold.stores.xet.shards import MissingXorbs
from freehold.stores.xet.store import XetStore
from freehold.stores.xet.sweeping import Condemned
from freehold.stores.xet.xorbs import IncomingXorb
from freehold.wire.xet.hashes import file_hash, keyed, to_text
from freehold.wire.xet.shard import parse_shard, write_upload_shard
from freehold.wire.xet.xorb import XorbLayout, encode_xorb
from tests.stores.xet.conftest import START, Bench, file_of, layout_of

HOUR_US, DAY_US = 3600 * 1_000_000, 86_400 * 1_000_000
MEMORY_US = 21 * DAY_US
RULES = Retention(2)
SEEDS = (0, 1)
CHUNKS = {seed: [bytes([seed, index]) * 5000 for index in range(2)] for seed in SEEDS}
LAYOUTS = {seed: layout_of(chunks) for seed, chunks in CHUNKS.items()}
REPOS = ("alice-x", "bob-public")
FILES = [((0, 0, 2),), ((1, 0, 2),), ((0, 1, 2), (1, 0, 1))]
"""Each as parts: which xorb, and which of its chunks."""

people, seeds, repos, files = map(st.sampled_from, (("alice", "bob"), SEEDS, REPOS, range(len(FILES))))


class Sweeps(RuleBasedStateMachine):
    """`make` gives an empty database."""

    make: Callable[[], Database]

    def __init__(self) -> None:
        super().__init__()
        self.db, self.blobs, self.moment = type(self).make(), MemoryBlobs(), START
        self.own: dict[tuple[str, int], int] = {}
        """Until when a person's client remembers that it has uploaded a xorb."""
        self.told: dict[tuple[str, int], int] = {}
        """Until when it may use what it was told about one."""
        self.linked: dict[str, set[int]] = {repo: set() for repo in REPOS}
        self.coming: list[tuple[str, int, IncomingXorb]] = []
        self.looked: list[Doomed] = []
        self.condemned: list[Condemned] = []
        self.open()

    def open(self) -> None:
        self.xet = XetStore(self.db, self.blobs, b"secret", lambda: self.moment)
        self.bench = Bench(self.xet, self.db, self.blobs)

    @rule(person=people, seed=seeds)
    def begin_upload(self, person: str, seed: int) -> None:
        incoming = self.xet.xorbs.receive(name_of(seed), person)
        incoming.feed(memoryview(encode_xorb(CHUNKS[seed])))
        self.coming.append((person, seed, incoming))

    @precondition(lambda self: self.coming)
    @rule()
    def end_upload(self) -> None:
        person, seed, incoming = self.coming.pop()
        incoming.finish()
        self.own[person, seed] = self.moment + MEMORY_US

    @rule(person=people, seed=seeds)
    def ask_for_a_grant(self, person: str, seed: int) -> None:
        if self.xet.xorbs.renew(person, name_of(seed)):
            self.own[person, seed] = self.moment + MEMORY_US

    @rule(person=people, seed=seeds)
    def ask_for_chunks(self, person: str, seed: int) -> None:
        answer = self.xet.dedup.answer(self.bench.caller(person), to_text(LAYOUTS[seed].hash_at(0)))
        if answer is not None:
            shard = parse_shard(answer)
            assert shard.footer is not None
            told = {info.hash: info.hashes for info in shard.xorbs}
            for known, layout in LAYOUTS.items():
                if recognises(layout, told.get(layout.hash, b""), shard.footer.key):
                    self.told[person, known] = shard.footer.expiry * 1_000_000

    @rule(repo=repos, number=files, between=st.sampled_from(["nothing", "a look", "the whole sweep"]))
    def register(self, repo: str, number: int, between: str) -> None:
        """A shard; after its check and before its transaction, a sweep does something."""
        person = repo.partition("-")[0]
        lawful = all(self.own.get((person, seed), 0) > self.moment for seed, _, _ in FILES[number])
        file = file_of(*((LAYOUTS[seed], a, b) for seed, a, b in FILES[number]))

        def progress(done: int, total: int) -> None:
            if done == total and between != "nothing":
                self.look()
            if done == total and between == "the whole sweep":
                self.xet.sweeping.sweep(RULES)

        try:
            shard = write_upload_shard([file], [])
            self.xet.shards.register(self.bench.caller(person), repo, shard, lambda _tx, _new: None, progress)
        except MissingXorbs:
            assert not lawful, "a client was refused what it had uploaded"
        else:
            self.linked[repo].add(number)

    @rule()
    def copy(self) -> None:
        with self.db.write() as tx:
            self.xet.copy_links(tx, *REPOS)
        self.linked[REPOS[1]] |= self.linked[REPOS[0]]

    @rule(repo=repos)
    def forget(self, repo: str) -> None:
        with self.db.write() as tx:
            self.xet.forget(tx, repo)
        self.linked[repo].clear()

    @rule(hours=st.sampled_from([4, 60, 22 * 24]))
    def time_passes(self, hours: int) -> None:
        self.moment += hours * HOUR_US

    @rule()
    def look(self) -> None:
        found = [*self.xet.sweeping.files(RULES), *self.xet.sweeping.unused(RULES)]
        self.looked = [one for one in found if one.is_due(self.moment)]

    @precondition(lambda self: self.looked)
    @rule()
    def decide(self) -> None:
        for one in self.looked:
            if one.kind == "file":
                self.xet.sweeping.drop(one)
            elif condemned := self.xet.sweeping.condemn(one):
                self.condemned.append(condemned)
        self.looked = []

    @precondition(lambda self: self.condemned)
    @rule()
    def erase(self) -> None:
        self.xet.sweeping.erase(self.condemned[-1])

    @precondition(lambda self: self.condemned)
    @rule()
    def bury(self) -> None:
        xorb = self.condemned.pop()
        self.xet.sweeping.erase(xorb)
        self.xet.sweeping.bury(xorb)

    @rule()
    def sweep(self) -> None:
        self.xet.sweeping.sweep(RULES)
        self.xet.strays.sweep()

    @rule()
    def crash(self) -> None:
        """Everything in progress ends where it is; uploads had made their blobs durable, but no rows."""
        for _, _, incoming in self.coming:
            incoming._writer.commit(incoming._key)
            self.blobs.put(sidecar_key(incoming._key), b"")
        self.coming, self.looked, self.condemned = [], [], []
        self.open()

    @invariant()
    def every_linked_file_can_be_read(self) -> None:
        for number in set().union(*self.linked.values()):
            name, content = described(number)
            pieces = self.xet.stream(name, 0, len(content)).pieces()
            assert b"".join(bytes(piece) for piece in pieces) == content

    @invariant()
    def what_clients_may_name_is_here(self) -> None:
        known = {**self.told, **self.own}
        promised = {name_of(seed) for (_, seed), until in known.items() if until > self.moment}
        with self.db.read() as tx:
            kept = self.xet.xorbs.find(tx, promised)
        assert set(kept) == promised
        assert all(self.blobs.size(xorb.key) == xorb.stored_bytes for xorb in kept.values())

    def teardown(self) -> None:
        try:
            self.crash()
            assert list(self.xet.check()) == []
            for repo in REPOS:
                self.forget(repo)
            for _ in range(3):
                self.moment += 30 * DAY_US
                self.sweep()
            assert list(self.blobs.keys("xorbs")) == []
            with self.db.read() as tx:
                tables = ("xet_xorb", "xet_file", "xet_file_xorb", "xet_repo_file", "xet_chunk", "xet_holder")
                left = {table: tx.scalar(f"SELECT count(*) FROM {table}") for table in tables}
            assert left == dict.fromkeys(tables, 0)
        finally:
            self.db.close()


def name_of(seed: int) -> XetHash:
    return to_text(LAYOUTS[seed].hash)


def described(number: int) -> tuple[XetHash, bytes]:
    hashes = b"".join(LAYOUTS[seed].hashes[32 * a : 32 * b] for seed, a, b in FILES[number])
    chunks = [chunk for seed, a, b in FILES[number] for chunk in CHUNKS[seed][a:b]]
    return to_text(file_hash(hashes, [len(chunk) for chunk in chunks])), b"".join(chunks)


def recognises(layout: XorbLayout, hidden: bytes, key: bytes) -> bool:
    told = {hidden[i : i + 32] for i in range(0, len(hidden), 32)}
    return all(keyed(key, layout.hash_at(i)) in told for i in range(layout.n))


def test_no_order_of_steps_loses_what_is_needed_or_keeps_what_is_not(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    numbers = iter(range(1_000_000))
    postgres = request.config.getoption("--db") == "postgres"

    def make() -> Database:
        fresh = request.getfixturevalue("postgres").fresh() if postgres else f"sqlite:///{tmp_path}/{next(numbers)}.db"
        db = Database(fresh)
        db.migrate()
        return db

    examples = 25 if postgres else 200
    run_state_machine_as_test(
        type("Machine", (Sweeps,), {"make": staticmethod(make)}),
        settings=settings(
            max_examples=examples, stateful_step_count=80, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
