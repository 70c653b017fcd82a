"""What it costs to list only what somebody may see: 10,000 repositories, for a member of 50 organisations."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.measure import Row, ratio, take_turns
from freehold.app import Rooms, open_rooms
from freehold.base.clock import now
from freehold.base.ids import RepoKind, new_id
from freehold.core.accounts.actor import SYSTEM, Actor
from freehold.core.accounts.orgs.groups import place
from freehold.core.accounts.people import Account
from freehold.core.catalog import rows
from freehold.core.catalog.query import Query
from freehold.core.repos.birth import insert_row
from freehold.core.repos.repo import Repo
from freehold.settings import Settings
from tests.kit.databases import Postgres

ORGS, REPOS, PAGE = 50, 10_000, 100
ROLES = ("read", "contributor", "write", "admin")


@dataclass
class Permissions:
    """The same repositories, listed by a member and by the hub itself, for whom the query has no clause."""

    folder: Path

    def run(self, rounds: int) -> list[Row]:
        rows = self._on("SQLite", "", rounds)
        with postgres() as url:
            return rows + self._on("PostgreSQL", url, rounds)

    def _on(self, name: str, url: str, rounds: int) -> list[Row]:
        with TemporaryDirectory(dir=self.folder) as data:
            rooms = open_rooms(Settings(data=Path(data), database=url))
            try:
                member = populate(rooms)
                assert sum(1 for _ in listed(rooms, member, PAGE)) == REPOS, "the member may see all"
                return [
                    compared(f"listing {REPOS:,} repositories as a member of {ORGS} organisations, {name}, {how}",
                             lambda who, page=page: sum(1 for _ in listed(rooms, who, page)), member, rounds)
                    for how, page in (("at once", REPOS), (f"in pages of {PAGE}", PAGE))
                ]  # fmt: skip
            finally:
                rooms.close()


def compared(what: str, run: Callable[[Actor], object], member: Actor, rounds: int) -> Row:
    """`what` by the member, against without the clause."""

    def by(who: Actor) -> Callable[[int], None]:
        return lambda _: void(run(who))

    taken = take_turns({"member": by(member), "all": by(SYSTEM)}, rounds)
    found = f"{ratio(taken['member'], taken['all']):.2f}"
    return Row(what, taken["member"].text("s"), taken["all"].text("s"), found, "≤ 1.3")


def void(_: object) -> None:
    """`take_turns` takes a number for a time."""


def listed(rooms: Rooms, actor: Actor, page: int) -> Iterator[str]:
    """All models that the actor may see, the newest first."""
    after = ""
    while True:
        lines = rooms.catalog.list(actor, RepoKind.MODEL, Query(limit=page, after=after))
        yield from (line.repo.id for line in lines)
        if len(lines) < page:
            return
        after = lines[-1].cursor


def populate(rooms: Rooms) -> Actor:
    """A member of 50 organisations, which own 10,000 models: half are private, a tenth of these in a resource group.

    Models are rows only, without their git repositories, which no list looks at.
    """
    rooms.people.add_user(SYSTEM, "bob")
    account = rooms.people.by_name("bob")
    assert account is not None
    for number in range(ORGS):
        owner = rooms.people.add_org(SYSTEM, f"org-{number}", members=[("bob", ROLES[number % len(ROLES)])])
        desk = rooms.orgs.desk(SYSTEM, owner.name)
        group = rooms.orgs.groups.add(desk, "birds")
        rooms.orgs.groups.set_member(desk, group, "bob", "write")
        models = [model(owner, repo) for repo in range(REPOS // ORGS)]
        with rooms.db.write() as tx:
            for one in models:
                insert_row(tx, one, None)
                rows.keep(tx, one, rows.EMPTY)
            for one in models[1::20]:
                place(tx, group, one.id, owner.id)
    return Actor(account.id, account.name, may_write=True)


def model(owner: Account, number: int) -> Repo:
    """One of an organisation's models."""
    visibility = "private" if number % 2 else "public"
    return Repo(
        new_id(), RepoKind.MODEL, owner.id, owner.name, f"model-{number}", visibility, "", "", None, now(), now(), 0
    )


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of an empty database on a server of its own."""
    server = Postgres()
    try:
        yield server.fresh()
    finally:
        server.stop()
