"""What can happen in a story, each by the person who does it and through the room that serves everybody."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from freehold.app import House, Rooms
from freehold.base.errors import NotFound
from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.actor import Actor
from freehold.core.repos.committing import pointer_to
from freehold.core.repos.incoming import Incoming
from freehold.core.repos.requests import AddFile, AddLarge, CommitDone, CommitRequest, Operation, PlannedFile
from freehold.core.repos.writer import RepoWriter
from freehold.demo.calendar import Calendar

Files = Mapping[str, bytes]
_SAMPLE = 512


@dataclass(frozen=True)
class Story:
    """A hub whose clock stands where the story is."""

    house: House
    calendar: Calendar
    password: str
    """With which everybody signs in."""

    @property
    def rooms(self) -> Rooms:
        """The rooms of the hub."""
        return self.house.rooms

    def actor(self, name: str) -> Actor:
        """A person, as their own session would show them."""
        account = self.rooms.people.by_name(name)
        if account is None:
            raise NotFound(f"There is nobody called {name!r} in the story.")
        return Actor(account.id, account.name, account.is_admin, may_write=True)

    def work(self) -> None:
        """Let the background work be done that is due."""
        while self.house.worker.drain() + self.house.couriers.drain():
            pass

    def commit(self, by: str, repo: RepoId, files: Files, said: str, *, as_pull: bool = False) -> CommitDone:
        """Commit files, the large ones as large files; the first line of `said` is the summary."""
        writer = self.rooms.repos.proposer(self.actor(by), repo)
        summary, _, description = said.partition("\n")
        request = CommitRequest(summary, description.strip(), operations=self._operations(writer, files))
        return writer.commit("main", request, create_pr=as_pull)

    def _operations(self, writer: RepoWriter, files: Files) -> list[Operation]:
        planned = [PlannedFile(path, len(body), body[:_SAMPLE]) for path, body in files.items()]
        return [
            self._large(writer, plan.path, files[plan.path]) if plan.large else AddFile(plan.path, files[plan.path])
            for plan in writer.plan(planned)
        ]

    def _large(self, writer: RepoWriter, path: str, body: bytes) -> AddLarge:
        pointer = pointer_to(body)
        with Incoming(self.rooms.objects, writer.repo, pointer.sha256, pointer.size) as incoming:
            incoming.write(body)
            incoming.finish()
        return AddLarge(path, pointer.sha256, pointer.size)


@dataclass(frozen=True, slots=True)
class Scene:
    """Something that happens so many days before the story is told."""

    days_ago: float
    play: Callable[[Story], object]


@lru_cache(maxsize=256)
def named(path: str) -> RepoId:
    """The repository at a web path: `aviary/letters-en`, `datasets/fieldnotes/sentences`."""
    first, _, rest = path.partition("/")
    kind = next((one for one in RepoKind if one.prefix == f"{first}/"), None)
    namespace, _, name = (rest if kind else path).partition("/")
    return RepoId(kind or RepoKind.MODEL, namespace, name)
