"""A gate to repositories with the cast around it, and real git to judge them."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.actor import SYSTEM, Actor
from freehold.core.accounts.people import People
from freehold.core.queue.queue import Queue
from freehold.core.repos.large import Limits, RepoObjects
from freehold.core.repos.repos import Repos
from freehold.core.repos.requests import AddFile, CommitRequest, Operation
from freehold.stores.blobs.opening import open_store
from freehold.stores.db.database import Database
from freehold.stores.git.store import GitStore
from freehold.stores.xet.store import XetStore

MODEL = RepoId(RepoKind.MODEL, "alice", "m")
GIB = 1 << 30


@dataclass
class Yard:
    """`alice`, `bob` (writes in acme), `carol` and `mallory`, and one gate."""

    db: Database
    repos: Repos
    queue: Queue
    git: GitStore
    people: People
    alice: Actor
    bob: Actor
    carol: Actor
    mallory: Actor

    def run_git(self, repo: str, *words: str) -> str:
        """What real git says of a repository."""
        path = self.git.repository(repo)
        done = subprocess.run(["git", "--git-dir", str(path), *words], capture_output=True, check=True, text=True)
        return done.stdout

    def files(self, repo_id: RepoId = MODEL, rev: str = "main") -> dict[str, bytes]:
        """Every file of a revision, as real git extracts it."""
        reader = self.repos.reader(self.alice, repo_id)
        lines = self.run_git(reader.repo.id, "ls-tree", "-r", "-z", reader.commit_of(rev)).split("\0")
        path = str(self.git.bare.path(reader.repo.id))
        found = {}
        for line in filter(None, lines):
            head, _, name = line.partition("\t")
            command = ["git", "--git-dir", path, "cat-file", "blob", head.split()[2]]
            found[name] = subprocess.run(command, capture_output=True, check=True).stdout
        return found


def person(people: People, name: str) -> Actor:
    account = people.by_name(name)
    assert account is not None
    return Actor(account.id, name, may_write=True)


def yard_at(db: Database, folder: Path, storage: str = "") -> Yard:
    """A yard around an empty database and an empty folder."""
    people = People(db)
    for name in ("alice", "bob", "carol", "mallory"):
        people.add_user(SYSTEM, name)
    people.add_org(SYSTEM, "acme", members=[("alice", "admin"), ("bob", "write")])
    return rejoin(db, folder, storage)


def rejoin(db: Database, folder: Path, storage: str = "") -> Yard:
    """The yard as another process finds it."""
    blobs = open_store(folder / "blobs", storage, "", "")
    people, queue = People(db), Queue(db)
    xet = XetStore(db, blobs, b"secret")
    objects = RepoObjects(db, blobs, xet, queue, people=people, limits=Limits(max_file_bytes=GIB, quota_bytes=2 * GIB))
    git = GitStore(db, blobs, folder / "cache")
    repos = Repos(db, git, objects, xet, people=people, queue=queue)
    cast = [person(people, name) for name in ("alice", "bob", "carol", "mallory")]
    return Yard(db, repos, queue, git, people, *cast)


@pytest.fixture
def yard(db: Database, tmp_path: Path, request: pytest.FixtureRequest) -> Yard:
    return yard_at(db, tmp_path, "memory:" if request.config.getoption("--store") == "memory" else "")


@pytest.fixture
def model(yard: Yard) -> Yard:
    """The same yard, in which alice has made a model."""
    yard.repos.create(yard.alice, MODEL)
    return yard


def asked(*operations: Operation, parent: str | None = None, summary: str = "Change") -> CommitRequest:
    return CommitRequest(summary, "", parent, list(operations))  # type: ignore[arg-type]


def add(path: str, content: bytes = b"x") -> AddFile:
    return AddFile(path, content)
