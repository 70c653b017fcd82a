"""`TestHub`: the whole house in one process and one folder, with the cast in it."""

import shutil
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

import httpx
import starlette.routing
from anyio.from_thread import start_blocking_portal

from freehold.app import House, Rooms, assemble, check, open_rooms
from freehold.app.rooms import database_url
from freehold.base.clock import now
from freehold.base.faults import Fault
from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.actor import ANONYMOUS, SYSTEM, Actor
from freehold.core.accounts.scope import Entity, Part, Scope
from freehold.core.accounts.tokens import NARROW
from freehold.settings import Settings
from tests.kit.databases import with_schema
from tests.kit.inprocess import InProcess
from tests.kit.live import live

URL = "http://hub.test"

# Every hub has the same 800 routes, and Starlette would compile their templates for each of them anew.
starlette.routing.compile_path = cache(starlette.routing.compile_path)
CAST = ("alice", "bob", "carol", "mallory")
"""alice owns; bob writes in her organisation acme, zoe reads there; carol may not; mallory means harm."""


class Time:
    """The hub's clock: real, and moved forward by `advance`."""

    def __init__(self) -> None:
        self.offset = 0

    def __call__(self) -> int:
        return now() + self.offset

    def advance(self, seconds: float) -> None:
        """Let time pass at once."""
        self.offset += int(seconds * 1_000_000)


class TestHub:
    """A hub with the cast: `hub.client("alice")` asks it in process, `hub.serve()` puts it behind a real server."""

    __test__ = False

    def __init__(self, folder: Path, **settings: object) -> None:
        self.clock = Time()
        self.settings = replace(Settings(data=folder / "hub-data"), **settings)  # type: ignore[arg-type]
        with_schema(database_url(self.settings))
        self.rooms: Rooms = open_rooms(self.settings, self.clock)
        self.house: House = assemble(self.rooms)
        self._stack = ExitStack()
        self._portal = self._stack.enter_context(start_blocking_portal())
        self._tokens: dict[tuple[str, str], str] = {}
        people = self.rooms.people
        people.add_user(SYSTEM, "admin", admin=True)
        for name in (*CAST, "zoe"):
            people.add_user(SYSTEM, name)
        people.add_org(SYSTEM, "acme", members=[("alice", "admin"), ("bob", "write"), ("zoe", "read")])

    def actor(self, user: str | None, role: str = "write") -> Actor:
        """The actor that stands for a member of the cast; None: nobody."""
        if user is None:
            return ANONYMOUS
        account = self.rooms.people.by_name(user)
        assert account is not None, f"{user} is not in the cast"
        return Actor(account.id, account.name, account.is_admin, may_write=role == "write")

    def token(self, user: str, role: str = "write") -> str:
        """A token of `user`, made on first use."""
        if (user, role) not in self._tokens:
            account = self.actor(user).account_id
            assert account is not None
            self._tokens[user, role] = self.rooms.tokens.add(SYSTEM, account, f"{role} for tests", role)[1]
        return self._tokens[user, role]

    def narrow(self, user: str, *parts: tuple[str, str, tuple[str, ...]], everywhere: tuple[str, ...] = ()) -> str:
        """A fine-grained token of `user`. Each part is a kind (`user`, `org`, `model`, …), a name and permissions."""
        account = self.actor(user).account_id
        assert account is not None
        scope = Scope(tuple(self._part(*part) for part in parts), frozenset(everywhere))
        return self.rooms.tokens.add(SYSTEM, account, "narrow", NARROW, scope=scope)[1]

    def _part(self, kind: str, name: str, permissions: tuple[str, ...]) -> Part:
        if kind in {"user", "org"}:
            found = self.rooms.people.by_name(name)
            assert found is not None, f"{name} is not in the cast"
            return Part(Entity(kind, found.id, name), frozenset(permissions))
        repo = self.rooms.repos.admit(SYSTEM, RepoId(RepoKind(kind), *name.split("/"))).repo
        return Part(Entity(kind, repo.id, name), frozenset(permissions))

    def client(self, user: str | None = None, role: str = "write", *, token: str = "") -> httpx.Client:
        """An HTTP client for `http://hub.test`, signed in as `user` by a token, or by the given one."""
        headers = {"Authorization": f"Bearer {token}"} if token else self._headers(user, role)
        return httpx.Client(transport=InProcess(self.house.app, self._portal), base_url=URL, headers=headers)

    def _headers(self, user: str | None, role: str) -> dict[str, str]:
        return {} if user is None else {"Authorization": f"Bearer {self.token(user, role)}"}

    @contextmanager
    def serve(self) -> Iterator[str]:
        """The same hub behind the real server, background worker included; gives its address."""
        # Where there is a second door, it must be able to say where the first one is.
        with live(assemble(self.rooms).app, port=self.settings.port if self.settings.ssh_port else 0) as url:
            yield url

    def work(self) -> int:
        """Do the background jobs that are due; how many."""
        count = 0
        while done := self.house.worker.drain() + self.house.couriers.drain():
            count += done
        return count

    def run(self, story: Callable[[], Awaitable[object]]) -> None:
        """Call an async function on the loop that the hub's application is on."""
        self._portal.call(story)

    def check(self) -> list[Fault]:
        """What `freehold check` finds."""
        return list(check(self.rooms))

    def close(self) -> None:
        """End the hub; fails if it leaves work undone, files half-written, or anything that does not agree."""
        try:
            self.work()
            leftovers = [
                str(path) for path in (self.settings.data / "blobs" / "staging").glob("**/*") if path.is_file()
            ]
            assert self.rooms.queue.dead() == [], "jobs were given up"
            assert self.rooms.queue.pending() == 0, "jobs were left in the queue"
            assert leftovers == [], "files were left half-written"
            assert self.check() == []
        finally:
            self.rooms.close()
            self._stack.close()
            shutil.rmtree(self.settings.data, ignore_errors=True)
