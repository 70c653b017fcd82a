"""A model of alice's, the cast as its writers and proposers, and the room of discussions."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from freehold.app import Rooms, open_rooms
from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.actor import SYSTEM, Actor
from freehold.core.repos.requests import AddFile, CommitRequest
from freehold.core.repos.writer import RepoWriter
from freehold.features.discussions.discussions import Discussions
from freehold.features.discussions.thread import Event, Thread
from freehold.settings import Settings

BIRDS = RepoId(RepoKind.MODEL, "alice", "birds")
CAST = ("alice", "carol", "mallory")


@dataclass
class Hall:
    """`alice` owns the model; `carol` and `mallory` may only propose."""

    rooms: Rooms
    actors: dict[str, Actor]

    @property
    def talk(self) -> Discussions:
        return self.rooms.discussions

    def writer(self, name: str) -> RepoWriter:
        return self.rooms.repos.proposer(self.actors[name], BIRDS)

    def thread(self, number: int) -> Thread:
        return self.talk.thread(self.writer("alice"), number)

    def events(self, number: int) -> list[Event]:
        return list(self.talk.events(self.writer("alice"), number))

    def opened(self, name: str = "carol", title: str = "A question", text: str = "How?") -> int:
        return self.talk.open(self.writer(name), title, text).number

    def commit(self, name: str, rev: str, path: str, content: bytes = b"x", *, create_pr: bool = False) -> int:
        """A commit; the number of the pull request that it opened, or 0."""
        ask = CommitRequest(f"Add {path}", operations=[AddFile(path, content)])
        return self.writer(name).commit(rev, ask, create_pr=create_pr).pull_number or 0


def hall_at(folder: Path, database: str = "") -> Hall:
    """A hall in an empty folder."""
    rooms = open_rooms(Settings(data=folder, database=database))
    actors = {}
    for name in CAST:
        account = rooms.people.add_user(SYSTEM, name)
        actors[name] = Actor(account.id, name, may_write=True)
    rooms.repos.create(actors["alice"], BIRDS)
    return Hall(rooms, actors)


@pytest.fixture
def hall(tmp_path: Path, database_url: str):
    made = hall_at(tmp_path / "data", database_url)
    yield made
    made.rooms.close()
