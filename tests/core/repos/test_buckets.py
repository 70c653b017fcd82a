"""Buckets as such: batches against a dictionary, at once, and what becomes of content that nobody names."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from freehold.app import garbage
from freehold.base.errors import RepoNotFound
from freehold.base.ids import RepoId, RepoKind, XetHash
from freehold.core.repos.bucket_batches import DropFile, PutFile
from freehold.core.repos.bucket_rows import EMPTY
from freehold.core.repos.buckets import UPLOAD_KEPT_S
from tests.kit.buckets import a_bucket, paths, put, uploaded
from tests.kit.hub import TestHub

SHELF = RepoId(RepoKind.BUCKET, "alice", "shelf")
OTHER = RepoId(RepoKind.BUCKET, "alice", "other")
CONTENTS = (b"", b"one", b"two", b"three" * 4_000)
NUMBERS = st.sampled_from(range(len(CONTENTS)))
PATHS = st.sampled_from(["a", "b", "a/b", "a-b", "c/d/e"])


class Shelves(RuleBasedStateMachine):
    """Two buckets and two dictionaries go through the same batches; what neither names must not be linked."""

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.hub = TestHub(Path(self.folder.name))
        self.alice = self.hub.actor("alice")
        self.model: dict[RepoId, dict[str, bytes]] = {SHELF: {}, OTHER: {}}
        for bucket in self.model:
            a_bucket(self.hub, bucket.full)
        self.hashes = {content: uploaded(self.hub, SHELF, content) for content in CONTENTS}
        self.hub.rooms.repos.buckets.writer(self.alice, SHELF).apply(
            [PutFile(f"x{n}", one) for n, one in enumerate(self.hashes.values())]
        )
        self.model[SHELF] = {f"x{n}": content for n, content in enumerate(CONTENTS)}

    def teardown(self) -> None:
        if hasattr(self, "hub"):
            self.hub.close()
            self.folder.cleanup()

    @rule(
        bucket=st.sampled_from([SHELF, OTHER]),
        changes=st.lists(st.tuples(PATHS, st.none() | NUMBERS, st.booleans()), min_size=1, max_size=6),
    )
    def batch(self, bucket: RepoId, changes: list[tuple[str, int | None, bool]]) -> None:
        """Names content that the bucket has, or copies it from the other one; each may be refused."""
        had, lent = set(self.model[bucket].values()), set(self.model[OTHER if bucket == SHELF else SHELF].values())
        asked, refused = [], []
        for path, number, copied in changes:
            if number is None:
                asked.append(DropFile(path))
                self.model[bucket].pop(path, None)
                continue
            content = CONTENTS[number]
            source = (OTHER if bucket == SHELF else SHELF) if copied else None
            asked.append(PutFile(path, self.hashes[content], source=source))
            if content in (lent if copied else had | {b""}):
                self.model[bucket][path] = content
            else:
                refused.append(path)
        done = self.hub.rooms.repos.buckets.writer(self.alice, bucket).apply(asked)
        assert [one.path for one in done] == refused

    @rule(bucket=st.sampled_from([SHELF, OTHER]), path=PATHS, number=NUMBERS)
    def upload(self, bucket: RepoId, path: str, number: int) -> None:
        assert put(self.hub, bucket, {path: CONTENTS[number]}) == []
        self.model[bucket][path] = CONTENTS[number]

    @invariant()
    def the_same_files_and_the_same_bytes(self) -> None:
        if not hasattr(self, "hub"):
            return
        for bucket, files in self.model.items():
            reader = self.hub.rooms.repos.buckets.reader(self.alice, bucket)
            assert {file.path: file.xet_hash for file in reader.files(limit=100)} == {
                path: self.hashes[content] for path, content in files.items()
            }
            assert (reader.count(), reader.repo.logical_bytes) == (len(files), sum(map(len, files.values())))
            with self.hub.rooms.db.read() as tx:
                linked = self.hub.rooms.xet.files.linked(tx, reader.repo.id, "", 100)
            assert set(linked) == {self.hashes[content] for content in files.values()} - {EMPTY}


TestShelves = Shelves.TestCase
TestShelves.settings = settings(max_examples=10, stateful_step_count=12)


def test_two_batches_at_once_both_land(hub: TestHub) -> None:
    a_bucket(hub)
    contents = [uploaded(hub, SHELF, f"content {n}".encode()) for n in range(8)]

    def land(person: int) -> int:
        writer = hub.rooms.repos.buckets.writer(hub.actor("alice"), SHELF)
        changes = [PutFile(f"{person}/{n}", contents[(person + n) % 8]) for n in range(50)] + [
            PutFile("same", contents[0])
        ]
        return len(writer.apply(changes)) + len(writer.apply([DropFile(f"{person}/{n}") for n in range(25)]))

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(land, range(6))) == [0] * 6
    assert len(paths(hub, SHELF)) == 6 * 25 + 1
    assert hub.check() == []


def test_batches_of_buckets_that_share_contents_never_wait_in_a_circle(hub: TestHub) -> None:
    contents = [f"content {n}".encode() for n in range(12)]
    buckets = [a_bucket(hub, f"alice/{name}", files={f"{n}": one for n, one in enumerate(contents)}) for name in "abc"]

    def churn(person: int) -> None:
        bucket, other = buckets[person], buckets[(person + 1) % 3]
        writer = hub.rooms.repos.buckets.writer(hub.actor("alice"), bucket)
        hashes = {file.path: file.xet_hash for file in writer.files(limit=100)}
        for turn in range(15):
            mine = [n for n in range(12) if (n + turn + person) % 3 == 0]
            writer.apply([*(DropFile(f"{n}") for n in mine), PutFile("kept", hashes["0"], source=other)])
            writer.apply([PutFile(f"{n}", hashes[f"{n}"], source=other) for n in mine])

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(churn, range(3)))
    assert hub.check() == []


def test_content_that_is_let_go_of_at_once_can_be_named_until_its_batch_came(hub: TestHub) -> None:
    a_bucket(hub, files={"a": b"content"})
    again = uploaded(hub, SHELF, b"content")  # another client sends the same, and its batch is still to come
    writer = hub.rooms.repos.buckets.writer(hub.actor("alice"), SHELF)
    assert writer.apply([DropFile("a")]) == []
    assert writer.apply([PutFile("b", again)]) == []
    assert writer.apply([DropFile("b")]) == []
    assert [one.path for one in writer.apply([PutFile("c", again)])] == ["c"]


def test_what_never_got_a_path_is_let_go_of_after_a_week(hub: TestHub) -> None:
    bucket = a_bucket(hub, files={"kept": b"kept"})
    waiting, row = (
        uploaded(hub, bucket, b"never named"),
        hub.rooms.repos.buckets.reader(hub.actor("alice"), bucket).repo,
    )
    uploaded(hub, bucket, b"kept")

    def linked() -> list[XetHash]:
        with hub.rooms.db.read() as tx:
            return hub.rooms.xet.files.linked(tx, row.id, "", 10)

    hub.clock.advance(UPLOAD_KEPT_S - 60)
    uploaded(hub, bucket, b"never named")  # whoever sends it again has as long again
    hub.clock.advance(120)
    hub.rooms.repos.buckets.sweep({})
    assert waiting in linked()
    hub.clock.advance(UPLOAD_KEPT_S)
    hub.rooms.repos.buckets.sweep({})
    assert len(linked()) == 1
    assert waiting not in linked()


def test_a_batch_for_a_bucket_that_was_deleted_meanwhile_finds_nothing(hub: TestHub) -> None:
    a_bucket(hub)
    writer = hub.rooms.repos.buckets.writer(hub.actor("alice"), SHELF)
    hub.rooms.repos.delete(hub.actor("alice"), SHELF)
    with pytest.raises(RepoNotFound):
        writer.apply([DropFile("a")])


def test_the_check_names_what_does_not_agree(hub: TestHub) -> None:
    bucket = a_bucket(hub, files={"a": b"aaaa", "b": b"bb"})
    row = hub.rooms.repos.buckets.reader(hub.actor("alice"), bucket).repo.id
    with hub.rooms.db.write() as tx:
        tx.run("UPDATE repos_bucket SET files = 7 WHERE repo_id = :id", id=row)
        tx.run("DELETE FROM repos_bucket_file WHERE path = :path", path=b"a")
        tx.run("UPDATE repos_bucket_file SET size = 3 WHERE path = :path", path=b"b")
    found = [str(fault.problem) for fault in hub.check()]
    assert any("7 files of 6 bytes are counted, but it holds 1 of 3" in one for one in found)
    assert any("is lost, or has another length" in one for one in found)
    assert any("which is at no path" in one for one in found)
    hub.rooms.repos.delete(hub.actor("alice"), bucket)


def test_a_thousand_changes_land_quickly(hub: TestHub) -> None:
    a_bucket(hub)
    contents = [uploaded(hub, SHELF, f"content {n}".encode()) for n in range(20)]
    writer = hub.rooms.repos.buckets.writer(hub.actor("alice"), SHELF)
    began = hub.clock()
    for _ in range(2):
        assert writer.apply([PutFile(f"folder/{n:04}", contents[n % 20], n) for n in range(1000)]) == []
    assert writer.apply([DropFile(f"folder/{n:04}") for n in range(1000)]) == []
    assert hub.clock() - began < 10_000_000


@pytest.mark.parametrize("hub", [{"gc_keep_days": 1}], indirect=True)
def test_a_copy_keeps_the_bytes_that_its_source_let_go_of(hub: TestHub) -> None:
    source, target = a_bucket(hub, files={"a": b"shared", "b": b"lost"}), a_bucket(hub, "alice/other")
    buckets, alice = hub.rooms.repos.buckets, hub.actor("alice")
    kept, lost = (file.xet_hash for file in buckets.reader(alice, source).files(limit=10))
    assert buckets.writer(alice, target).apply([PutFile("copy", kept, source=source)]) == []
    assert buckets.writer(alice, source).apply([DropFile("a"), DropFile("b")]) == []
    for _ in range(3):
        garbage(hub.rooms).collect()
        hub.clock.advance(30 * 86_400)
    assert hub.rooms.xet.files.size(lost) is None
    reader = buckets.reader(alice, target)
    located = reader.located(reader.file("copy"), 0, 6)
    assert b"".join(bytes(piece) for piece in located.pieces()) == b"shared"
