"""Uploads, copies, deletions, squashes, crashes and every step of the sweep, in any order: nothing needed is lost."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from freehold.app import check, garbage, handlers
from freehold.base.errors import Unprocessable
from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.actor import SYSTEM, Actor
from freehold.core.queue.worker import Worker
from freehold.core.repos.incoming import Incoming
from freehold.core.repos.readable import readable_ids
from freehold.core.repos.requests import AddLarge, CommitRequest, DeleteFile
from freehold.settings import Settings
from freehold.stores.blobs.key import sidecar_key
from freehold.stores.db.database import Transaction
from freehold.stores.xet.access import Caller
from freehold.stores.xet.shards import MissingXorbs, Registered
from freehold.wire.xet.hashes import to_text
from freehold.wire.xet.shard import parse_shard, write_upload_shard
from freehold.wire.xet.xorb import encode_xorb
from tests.core.repos.garbage_material import (
    LAYOUTS,
    Opening,
    chunks_of,
    digest,
    name_of,
    read,
    recognises_all,
)
from tests.core.repos.garbage_shelf import SHELF, ShelfRules, seeds, spans
from tests.kit.hub import Time
from tests.stores.xet.conftest import file_of

HOUR, DAY = 3600, 86_400
KEEP_DAYS = 3
PEOPLE = ("alice", "bob")
REPOS = tuple(RepoId(RepoKind.MODEL, owner, name) for owner, name in (("alice", "a"), ("bob", "b")))

people, repos = st.sampled_from(PEOPLE), st.sampled_from(REPOS)

WHOLE = [(0, (0, 2))]
STORIES: dict[str, list[tuple]] = {
    "a promise outlives what is kept after the last use": [
        ("upload", "alice", 0), ("time_passes", 26), ("collect_everything",),
    ],
    "a xorb comes again while it is being deleted": [
        ("upload", "alice", 0), ("time_passes", 23 * 24), ("condemn_xorbs",), ("upload", "alice", 0),
        ("end_deletions",),
    ],
    "a bucket alone has a file, at one path of two": [
        ("upload", "alice", 0), ("bring_to_the_bucket", WHOLE, 0), ("put_into_the_bucket", "x", 0),
        ("put_into_the_bucket", "y", 0), ("drop_from_the_bucket", "y"), ("time_passes", 23 * 24),
        ("collect_everything",), ("time_passes", 23 * 24), ("collect_everything",),
    ],
    "a file is registered while its xorbs are looked at": [
        ("upload", "bob", 1), ("time_passes", 23 * 24), ("register", REPOS[1], [(1, (0, 3))], 2), ("end_deletions",),
        ("commit", REPOS[1], "x", 0), ("time_passes", 23 * 24), ("collect_everything",),
    ],
}  # fmt: skip
"""Each found one of the faults that were planted to try this machine; see also `test_each_story_by_itself`."""


@dataclass
class Books:
    """What a repository must be able to give: `tip` and `past` by path, `waiting` for a commit until a moment."""

    tip: dict[str, bytes] = field(default_factory=dict)
    past: list[bytes] = field(default_factory=list)
    waiting: dict[bytes, int] = field(default_factory=dict)

    def needed(self) -> list[bytes]:
        return [*self.tip.values(), *self.past]


class Sweeps(ShelfRules):
    """`make` opens a hub over an empty database and an empty store; called again, over the same."""

    make: Callable[[], "Opening"]

    def __init__(self) -> None:
        super().__init__()
        self.opening = type(self).make()
        self.clock = Time()
        self.books = {repo: Books() for repo in REPOS}
        self.legal: dict[tuple[str, int], int] = {}
        """Until when a person's client may build upon all of a xorb (microseconds)."""
        self.condemned: list = []
        self.incoming: list = []
        self.rooms = self.opening.rooms(self.clock)
        for name in PEOPLE:
            self.rooms.people.add_user(SYSTEM, name)
        for repo in (*REPOS, SHELF):
            self.rooms.repos.create(self.actor(repo.namespace), repo)

    # What people do.

    @rule(person=people, seed=seeds)
    def upload(self, person: str, seed: int) -> None:
        self.begin_upload(person, seed)
        self.end_upload()

    @rule(person=people, seed=seeds)
    def begin_upload(self, person: str, seed: int) -> None:
        account = self.actor(person).account_id
        incoming = self.rooms.xet.xorbs.receive(name_of(seed), str(account))
        incoming.feed(memoryview(encode_xorb(chunks_of(seed))))
        self.incoming.append((person, seed, incoming))

    @precondition(lambda self: self.incoming)
    @rule()
    def end_upload(self) -> None:
        person, seed, incoming = self.incoming.pop()
        incoming.finish()
        self.legal[person, seed] = self.clock() + 21 * DAY * 1_000_000

    @rule(person=people, seed=seeds)
    def ask_for_a_grant(self, person: str, seed: int) -> None:
        account = str(self.actor(person).account_id)
        if self.rooms.xet.xorbs.renew(account, name_of(seed)):
            self.legal[person, seed] = self.clock() + 21 * DAY * 1_000_000

    @rule(person=people, seed=seeds, index=st.integers(0, 2))
    def ask_for_chunks(self, person: str, seed: int, index: int) -> None:
        answer = self.rooms.xet.dedup.answer(self.caller(person), to_text(LAYOUTS[seed].hash_at(index)))
        if answer is None:
            return
        footer = parse_shard(answer).footer
        assert footer is not None
        told = {info.hash: info.hashes for info in parse_shard(answer).xorbs}
        for known, layout in LAYOUTS.items():
            if recognises_all(layout, told.get(layout.hash, b""), footer.key):
                until = footer.expiry * 1_000_000
                self.legal[person, known] = max(until, self.legal.get((person, known), 0))

    @rule(repo=repos, parts=st.lists(st.tuples(seeds, spans), min_size=1, max_size=2), mid=st.sampled_from(range(4)))
    def register(self, repo: RepoId, parts: list, mid: int) -> None:
        """A shard; after its check and before its transaction, the sweep goes on."""
        content = b"".join(b"".join(chunks_of(seed)[a:b]) for seed, (a, b) in parts)
        file = file_of(*((LAYOUTS[seed], a, b) for seed, (a, b) in parts), sha256=digest(content))
        person = repo.namespace
        lawful = all(self.legal.get((person, seed), 0) > self.clock() for seed, _ in parts)
        try:
            self.rooms.xet.shards.register(
                self.caller(person), self.row(repo), write_upload_shard([file], []),
                lambda tx, new: self.bind(tx, repo, new),
                lambda done, total: self.sweep_some(mid) if done == total else None,
            )  # fmt: skip
        except MissingXorbs:
            assert not lawful, "a client was refused what it had been promised"
            return
        self.books[repo].waiting[content] = self.clock() + DAY * 1_000_000

    def bind(self, tx: Transaction, repo: RepoId, files: Sequence[Registered]) -> None:
        for file in files:
            assert file.sha256 is not None
            self.rooms.objects.link_xet(tx, self.row(repo), file.sha256, file.size, file.hash)

    @rule(repo=repos, content=st.binary(min_size=1, max_size=3))
    def upload_whole(self, repo: RepoId, content: bytes) -> None:
        with Incoming(self.rooms.objects, self.reader(repo).repo, digest(content), len(content)) as incoming:
            incoming.write(content)
            incoming.finish()
        self.books[repo].waiting[content] = self.clock() + DAY * 1_000_000

    @rule(repo=repos, path=st.sampled_from(["x", "y"]), which=st.integers(0, 9))
    def commit(self, repo: RepoId, path: str, which: int) -> None:
        books = self.books[repo]
        if not books.waiting:
            return
        content = sorted(books.waiting)[which % len(books.waiting)]
        try:
            self.writer(repo).commit("main", CommitRequest("c", operations=[AddLarge(path, digest(content))]))
        except Unprocessable:
            assert books.waiting[content] < self.clock(), "an upload was collected before it could be committed"
            del books.waiting[content]
            return
        if path in books.tip:
            books.past.append(books.tip[path])
        books.tip[path] = content

    @rule(source=repos, into=repos)
    def copy(self, source: RepoId, into: RepoId) -> None:
        contents = [*self.books[source].tip.values()]
        self.writer(into).link_from(self.reader(source), [digest(content) for content in contents])
        moment = self.clock() + DAY * 1_000_000
        self.books[into].waiting |= dict.fromkeys(contents, moment)

    @rule(repo=repos)
    def delete_a_file(self, repo: RepoId) -> None:
        books = self.books[repo]
        if books.tip:
            path = min(books.tip)
            self.writer(repo).commit("main", CommitRequest("d", operations=[DeleteFile(path)]))
            books.past.append(books.tip.pop(path))

    @rule(repo=repos)
    def squash(self, repo: RepoId) -> None:
        self.writer(repo).super_squash("main")
        self.books[repo].past.clear()

    @rule(repo=repos)
    def delete_and_make_again(self, repo: RepoId) -> None:
        actor = self.actor(repo.namespace)
        self.rooms.repos.delete(actor, repo)
        self.rooms.repos.create(actor, repo)
        self.books[repo] = Books()

    @rule(which=st.sampled_from(sorted(STORIES)))
    def tell(self, which: str) -> None:
        """Steps that lead to a fault only together, and that chance would not often put together."""
        for name, *arguments in STORIES[which]:
            getattr(self, name)(*arguments)

    def end_deletions(self) -> None:
        while self.condemned:
            self.erase_and_bury()

    # What the hub does.

    @rule()
    def all_is_forsaken(self) -> None:
        """Repositories are deleted, and so long ago that the sweep may do what it has to do next."""
        for repo in REPOS:
            self.delete_and_make_again(repo)
        self.clock.advance(23 * DAY)
        self.sweep_some(1)
        self.clock.advance(4 * HOUR)

    @rule(hours=st.sampled_from([4, 26, 4 * 24, 23 * 24]))
    def time_passes(self, hours: int) -> None:
        self.clock.advance(hours * HOUR)

    @rule()
    def work(self) -> None:
        jobs = {kind: do for kind, do in handlers(self.rooms).items() if kind in ("objects.sweep", "object.verify")}
        Worker(self.rooms.queue, jobs).drain()

    @rule(repo=repos)
    def mark(self, repo: RepoId) -> None:
        garbage(self.rooms).collecting.mark(self.row(repo))

    @rule(repo=repos)
    def release(self, repo: RepoId) -> None:
        garbage(self.rooms).collecting.release(self.row(repo), KEEP_DAYS * DAY * 1_000_000)

    @rule()
    def drop_files(self) -> None:
        self.sweep_some(1)

    @rule()
    def condemn_xorbs(self) -> None:
        self.sweep_some(2)

    @precondition(lambda self: self.condemned)
    @rule()
    def erase(self) -> None:
        self.rooms.xet.sweeping.erase(self.condemned[-1])

    @precondition(lambda self: self.condemned)
    @rule()
    def erase_and_bury(self) -> None:
        xorb = self.condemned.pop()
        self.rooms.xet.sweeping.erase(xorb)
        self.rooms.xet.sweeping.bury(xorb)

    @rule()
    def collect_everything(self) -> None:
        garbage(self.rooms).collect()

    @rule()
    def crash(self) -> None:
        """Uploads and sweeps in progress end where they are; one upload had made its blobs durable, but no row."""
        for _, _, incoming in self.incoming:
            incoming._writer.commit(incoming._key)
            self.rooms.blobs.put(sidecar_key(incoming._key), b"half")
        self.incoming.clear()
        self.condemned.clear()
        self.rooms.close()
        self.rooms = self.opening.rooms(self.clock)

    def sweep_some(self, much: int) -> None:
        """Steps of the sweep: 1 drops files that are due, 2 condemns xorbs, 3 does all of it."""
        sweeping, rules = self.rooms.xet.sweeping, garbage(self.rooms).retentions.rules()
        if much in (1, 3):
            for file in sweeping.files(rules):
                if file.is_due(self.clock()):
                    sweeping.drop(file)
        if much in (2, 3):
            for xorb in sweeping.unused(rules):
                if xorb.is_due(self.clock()) and (condemned := sweeping.condemn(xorb)):
                    self.condemned.append(condemned)
        if much == 3:
            sweeping.sweep(rules)

    # What must hold.

    @invariant()
    def every_file_in_a_history_can_be_read(self) -> None:
        for repo, books in self.books.items():
            held = self.reader(repo).repo
            for content in books.needed():
                where = self.rooms.objects.locate(held, digest(content), 0, len(content))
                assert read(where) == content

    @invariant()
    def what_clients_were_promised_is_here(self) -> None:
        promised = [name_of(seed) for (_, seed), until in self.legal.items() if until > self.clock()]
        with self.rooms.db.read() as tx:
            kept = self.rooms.xet.xorbs.find(tx, promised)
        assert set(kept) == set(promised)
        assert all(self.rooms.blobs.size(xorb.key) == xorb.stored_bytes for xorb in kept.values())

    def teardown(self) -> None:
        try:
            self.crash()
            self.work()
            assert list(check(self.rooms)) == []
            for repo in (*REPOS, SHELF):
                self.rooms.repos.delete(self.actor(repo.namespace), repo)
            for _ in range(3):
                self.clock.advance(40 * DAY)
                self.work()
                garbage(self.rooms).collect()
            self.clock.advance(HOUR)
            assert {folder: list(self.rooms.blobs.keys(folder)) for folder in ("xorbs", "objects", "git")} == {
                "xorbs": [], "objects": [], "git": []
            }  # fmt: skip
            assert list(garbage(self.rooms).found()) == []
            assert list(check(self.rooms)) == []
        finally:
            self.rooms.close()
            self.opening.forget()

    def actor(self, name: str) -> Actor:
        account = self.rooms.people.by_name(name)
        assert account is not None
        return Actor(account.id, account.name, may_write=True)

    def caller(self, name: str) -> Caller:
        readable = readable_ids(self.actor(name))
        return Caller(str(self.actor(name).account_id), readable.sql, readable.params)

    def reader(self, repo: RepoId):
        return self.rooms.repos.reader(self.actor(repo.namespace), repo)

    def writer(self, repo: RepoId):
        return self.rooms.repos.writer(self.actor(repo.namespace), repo)

    def row(self, repo: RepoId) -> str:
        return self.reader(repo).repo.id


@pytest.mark.parametrize("which", sorted(STORIES))
def test_each_story_by_itself(tmp_path: Path, which: str) -> None:
    opening = Opening(tmp_path / "hub", Settings(data=tmp_path / "hub", gc_keep_days=KEEP_DAYS))
    machine = type("Machine", (Sweeps,), {"make": staticmethod(lambda: opening)})()
    for name, *arguments in STORIES[which]:
        getattr(machine, name)(*arguments)
        machine.every_file_in_a_history_can_be_read()
        machine.every_file_of_the_bucket_can_be_read()
        machine.what_clients_were_promised_is_here()
    machine.teardown()


def test_no_order_of_steps_loses_what_is_needed_or_keeps_what_is_not(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    made: list[Opening] = []

    def make() -> Opening:
        folder = tmp_path / str(len(made))
        postgres = request.config.getoption("--db") == "postgres"
        database = request.getfixturevalue("postgres").fresh() if postgres else ""
        made.append(Opening(folder, Settings(data=folder, database=database, gc_keep_days=KEEP_DAYS)))
        return made[-1]

    machine = type("Machine", (Sweeps,), {"make": staticmethod(make)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
