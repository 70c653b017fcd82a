"""The sweep and the ingest of shards at the same time, on a real PostgreSQL: what a file names is never lost.

Two stores over one database and one folder, each with connections of its own, as two processes of a hub have them.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from freehold.base.ids import XetHash
from freehold.base.retention import Retention
from freehold.stores.blobs.local import LocalBlobs
from freehold.stores.db.database import Database
from freehold.stores.xet.shards import MissingXorbs
from freehold.stores.xet.store import XetStore
from freehold.wire.xet.hashes import to_text
from freehold.wire.xet.shard import parse_shard, write_upload_shard
from tests.stores.xet.conftest import START, Bench, file_of, layout_of

pytestmark = pytest.mark.services

DAY_US = 86_400 * 1_000_000
RULES = Retention(2)
ROUNDS = 60


class Town:
    """`hub` takes uploads, `other` sweeps; both go by one clock."""

    def __init__(self, url: str, folder: Path) -> None:
        self.moment = START
        self.databases = [Database(url), Database(url)]
        self.databases[0].migrate()
        self.hub, self.other = (
            XetStore(db, LocalBlobs(folder / "blobs"), b"secret", lambda: self.moment) for db in self.databases
        )
        self.bench = Bench(self.hub, self.databases[0], self.hub.xorbs.blobs)  # type: ignore[arg-type]

    def sweep(self) -> int:
        return self.other.sweeping.sweep(RULES)

    def forget(self, repo: str) -> None:
        with self.databases[0].write() as tx:
            self.hub.forget(tx, repo)

    def content(self, name: XetHash, size: int) -> bytes:
        """As the other process reads it, which has no layout in memory of what this one took in."""
        return b"".join(bytes(piece) for piece in self.other.stream(name, 0, size).pieces())

    def register(self, person: str, repo: str, chunks: list[bytes], meanwhile: Callable[[], object]) -> XetHash | None:
        """A shard; `meanwhile` is called after its check and before its transaction. None: it is told to upload."""
        layout = layout_of(chunks)
        file = file_of((layout, 0, layout.n))

        def progress(done: int, total: int) -> None:
            if done == total:
                meanwhile()

        try:
            shard = write_upload_shard([file], [])
            self.hub.shards.register(self.bench.caller(person), repo, shard, lambda _tx, _new: None, progress)
        except MissingXorbs:
            return None
        return to_text(file.hash)


@pytest.fixture
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Town]:
    town = Town(request.getfixturevalue("postgres").fresh(), tmp_path)
    yield town
    assert list(town.hub.check()) == []
    for db in town.databases:
        db.close()


def some(seed: int) -> list[bytes]:
    dice = random.Random(seed)
    return [dice.randbytes(9_000) for _ in range(2)]


def test_a_sweep_between_an_answer_and_its_shard_leaves_what_was_promised(town: Town):
    """All but the promise has run out: nothing uses the xorb, and its uploader's memory of it ended long ago."""
    chunks = some(1)
    layout = layout_of(chunks)
    town.bench.push("bob", "bob-x", chunks)
    town.moment += 30 * DAY_US
    answer = town.hub.dedup.answer(town.bench.caller("bob"), to_text(layout.hash_at(0)))
    assert answer is not None
    footer = parse_shard(answer).footer
    assert footer is not None
    town.forget("bob-x")
    freed = []

    def meanwhile() -> None:
        while town.moment < footer.expiry * 1_000_000:
            freed.append(town.sweep())
            town.moment += DAY_US // 2

    name = town.register("bob", "bob-y", chunks, meanwhile)
    assert name is not None
    assert (set(freed), town.content(name, sum(map(len, chunks)))) == ({0}, b"".join(chunks))


@pytest.mark.parametrize("head_start_ms", [0, 2])
def test_a_sweep_that_meets_a_shard_either_waits_or_the_client_uploads_again(town: Town, head_start_ms: int):
    """Each xorb may go, and a shard names it at that very moment: one of the two wins, and nothing is in between."""
    dice, won, lost = random.Random(head_start_ms), 0, 0
    with ThreadPoolExecutor(1) as sweeper:
        for round_ in range(ROUNDS):
            chunks, repo = some(1000 + round_), f"bob-{round_}"
            layout = town.bench.upload("bob", chunks)
            town.moment += 30 * DAY_US
            done = []

            def meet(done: list = done) -> None:
                done.append(sweeper.submit(town.sweep))
                time.sleep(dice.random() * head_start_ms / 1000 + dice.random() / 1000)

            name = town.register("bob", repo, chunks, meet)
            done[0].result(60)
            size = sum(map(len, chunks))
            with town.databases[0].read() as tx:
                kept = town.hub.xorbs.find(tx, [to_text(layout.hash)])
            if name is None:
                lost += 1
                assert kept == {}
            else:
                won += 1
                assert town.content(name, size) == b"".join(chunks)
    assert won + lost == ROUNDS


def test_uploads_answers_shards_and_deletions_beside_a_sweep_without_end(town: Town):
    over = threading.Event()
    registered: list[int] = []

    def live(person: str) -> None:
        dice = random.Random(person)
        while not over.is_set():
            seed = dice.randrange(6)  # few, so that everybody's xorbs are the same ones
            chunks, repo = some(seed), f"{person}-{dice.randrange(3)}"
            with_answer = town.hub.dedup.answer(town.bench.caller(person), to_text(layout_of(chunks).hash_at(0)))
            if with_answer is None or dice.random() < 0.3:
                town.bench.upload(person, chunks)
            name = town.register(person, repo, chunks, lambda: time.sleep(dice.random() / 500))
            if name is not None:
                assert town.content(name, sum(map(len, chunks))) == b"".join(chunks)
                registered.append(seed)
            if dice.random() < 0.5:
                town.forget(repo)
            if dice.random() < 0.2:
                town.moment += 25 * DAY_US

    def sweep() -> None:
        while not over.is_set():
            town.sweep()

    with ThreadPoolExecutor(4) as pool:
        work = [pool.submit(live, person) for person in ("alice", "bob", "carol")] + [pool.submit(sweep)]
        time.sleep(8)
        over.set()
        for one in work:
            one.result(60)
    assert len(registered) > 20
