"""Mallory was let in, and is not any more: by every way that she knows she gets nothing, at once.

The ways stand in `ways_in`; what leads to a repository's content and is missing there fails a test.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.actor import SYSTEM
from freehold.core.repos.deciding import Decision
from freehold.core.repos.requests import AddFile, AddLarge, CommitRequest
from tests.features.notices.conftest import a_webhook
from tests.journeys.ways_in import CARD, CONTENT, REPO, SECRET, Contents, Mallory, Way, missing
from tests.kit.builders import a_model
from tests.kit.hub import TestHub
from tests.kit.objectstores import ACCESS_KEY, SECRET_KEY, ObjectStore
from tests.kit.postoffice import PostOffice
from tests.kit.process import free_port
from tests.kit.receiver import Receiver
from tests.kit.sshclient import Visitor
from tests.protocols.lfs.talk import upload
from tests.protocols.oci.test_registry import Signer
from tests.protocols.xet.test_native_client import Person, some_file
from tests.web.browsing import signed_in
from tests.wire.test_gguf import GOOD

BIRDS = RepoId(RepoKind.MODEL, *REPO.split("/"))
CARD_TEXT = b"---\nlicense: mit\n---\n# Song birds"
LARGE, GGUF = b"heavy weights" * 1000, GOOD + b"\0" * 20_000


@dataclass
class World:
    """A hub with a repository of acme's in it."""

    hub: TestHub
    url: str
    folder: Path
    office: PostOffice
    receiver: Receiver

    def admin(self):
        return self.hub.rooms.repos.admin(self.hub.actor("alice"), BIRDS)

    @property
    def keeper(self):
        return self.hub.rooms.gating.keeper(self.admin())

    def fill(self) -> Contents:
        """Small files, a large one, one of chunks, one for the registry, and a pull request."""
        hub = self.hub
        a_model(hub, REPO, visibility="private", files={"README.md": CARD_TEXT})
        writer = hub.rooms.repos.writer(hub.actor("alice"), BIRDS)
        writer.create_tag("v0")
        files = {"small.txt": SECRET.encode(), "deep/er.txt": b"deeper", "template": b"{{ .Prompt }}",
                 "model.safetensors.index.json": b'{"weight_map": {}}'}  # fmt: skip
        for content in (LARGE, GGUF):
            assert upload(hub.client("alice"), hub.client(), REPO, content).status_code == 200
        large = [AddLarge(path, hashlib.sha256(one).hexdigest(), len(one))
                 for path, one in (("plain.bin", LARGE), ("m-Q8_0.gguf", GGUF))]  # fmt: skip
        small = [AddFile(path, one) for path, one in files.items()]
        writer.commit("main", CommitRequest("Begin to sing", operations=[*small, *large]))
        more = CommitRequest("More", operations=[AddFile("more.txt", SECRET.encode())])
        pull = writer.commit("main", more, create_pr=True).pull_number
        song = some_file(self.folder / "song", 1)
        file = Person(hub, self.url, "alice", REPO, self.folder / "cache").send(song)
        hub.work()
        return Contents(LARGE, hashlib.sha256(GGUF).hexdigest(), file, int(pull or 0))

    def mallory(self, contents: Contents) -> Mallory:
        """Her credentials, and what she takes with them."""
        hub, signer = self.hub, Signer()
        account = str(hub.actor("mallory").account_id)
        hub.rooms.keys.add(SYSTEM, account, "ollama", signer.line)
        cookies = dict(signed_in(hub, "mallory").client.cookies.items())
        visitor = Visitor(hub, "mallory", self.folder)
        made = Mallory(hub, self.url, self.folder / "mallory", contents, hashlib.sha256(LARGE).hexdigest(),
                       hub.token("mallory"), visitor, cookies, signer)  # fmt: skip
        made.prepare()
        return made


@contextmanager
def a_world(folder: Path, **settings: str) -> Iterator[World]:
    with PostOffice() as office, Receiver() as receiver:
        hub = TestHub(
            folder / "hub", ssh_port=free_port(), port=free_port(), outbound_networks="127.0.0.1/32",
            smtp_url=office.url, mail_from="hub@hub.example", **settings,
        )  # fmt: skip
        with hub.rooms.db.write() as tx:
            tx.run("UPDATE accounts_account SET email = 'm@mail.example' WHERE name = 'mallory'")
        with hub.serve() as url:
            yield World(hub, url, folder, office, receiver)
        hub.work()
        hub.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


# How she came in, and how that ends.


def gate(world: World) -> None:
    world.admin().update(visibility="public", gated="manual", gate_hides=True)


def a_grant(world: World) -> Callable[[], None]:
    gate(world)
    world.keeper.let_in("mallory")
    return lambda: world.keeper.decide(Decision("rejected"), user="mallory")


def a_grant_that_is_suspended(world: World) -> Callable[[], None]:
    gate(world)
    world.keeper.let_in("mallory")
    (request,) = world.keeper.requests("accepted")
    return lambda: world.keeper.suspend(request.id, "we look into something")


def an_account(world: World) -> Callable[[], None]:
    gate(world)
    world.keeper.let_in("mallory")
    return lambda: world.hub.rooms.people.disable(SYSTEM, "mallory")


def a_membership(world: World) -> Callable[[], None]:
    world.admin().update(gated="manual")
    world.hub.rooms.people.set_member(SYSTEM, "acme", "mallory", "read")
    return lambda: world.hub.rooms.people.set_member(SYSTEM, "acme", "mallory", None)


def a_token(world: World) -> Callable[[], None]:
    gate(world)
    world.keeper.let_in("mallory")
    account = str(world.hub.actor("mallory").account_id)

    def revoke() -> None:
        for token in world.hub.rooms.tokens.list(account):
            world.hub.rooms.tokens.revoke(SYSTEM, account, token.id)

    return revoke


def open_ways(mallory: Mallory) -> list[Way]:
    return [way for way in (*CONTENT, *CARD) if way.open(mallory)]


def names(ways: list[Way]) -> set[str]:
    return {way.name for way in ways}


def everything_ends(world: World, let_in: Callable[[World], Callable[[], None]]) -> None:
    contents = world.fill()
    end = let_in(world)
    mallory = world.mallory(contents)
    assert names([*CONTENT, *CARD]) - names(open_ways(mallory)) == set(), "a way that was shut before proves nothing"
    end()
    assert names(open_ways(mallory)) == set()


@pytest.mark.clients
@pytest.mark.parametrize("let_in", [a_grant, a_grant_that_is_suspended, an_account, a_membership])
def test_no_way_is_left_when_what_let_her_in_has_ended(world: World, let_in: Callable[[World], Callable[[], None]]):
    everything_ends(world, let_in)


@pytest.mark.clients
def test_a_revoked_token_ends_its_ways_with_its_links_and_no_others(world: World):
    contents = world.fill()
    end = a_token(world)
    mallory = world.mallory(contents)
    end()
    assert names(open_ways(mallory)) == {way.name for way in (*CONTENT, *CARD) if way.by != "token"}


@pytest.mark.clients
@pytest.mark.services
def test_nor_over_a_store_that_clients_can_reach(tmp_path: Path, object_store: ObjectStore):
    """No link that she is given leads to the store itself (`ask` would say so): what it signs cannot be called back."""
    place = f"{object_store.fresh()}&redirect=1"
    with a_world(tmp_path, storage=place, s3_access_key=ACCESS_KEY, s3_secret_key=SECRET_KEY) as world:
        everything_ends(world, a_grant)


def test_every_route_to_content_stands_among_the_ways(hub: TestHub):
    assert sorted(set(missing(hub))) == [], "add it to tests/journeys/ways_in.py"


# What she is told afterwards.


@pytest.mark.parametrize("let_in", [a_grant, an_account, a_membership])
def test_nothing_is_told_that_she_may_not_see(world: World, let_in: Callable[[World], Callable[[], None]]):
    """By webhook, by mail, in her notices, in feeds: of the card and what files there are nothing either."""
    hub = world.hub
    world.fill()
    end = let_in(world)
    a_webhook(hub, world.receiver, f"model:{REPO}", by="mallory")
    reader = hub.rooms.repos.proposer(hub.actor("mallory"), BIRDS)
    talk = hub.rooms.discussions.open(reader, "May I?", "I ask")
    settle(hub)
    assert SECRET not in told_to(world), "a message never holds a file"
    end()
    head = hub.rooms.repos.writer(hub.actor("alice"), BIRDS).commit(
        "main", CommitRequest("The hidden song", operations=[AddFile("hidden.txt", SECRET.encode())])
    )
    writer = hub.rooms.repos.writer(hub.actor("alice"), BIRDS)
    writer.create_tag("hidden-tag")
    hub.rooms.discussions.comment(writer, talk.number, "@mallory the hidden answer")
    settle(hub)
    said = told_to(world)
    hidden = [SECRET, "hidden.txt", "The hidden song", "hidden-tag", head.oid]
    sees = let_in is a_grant  # the repository's name and what people say of it, still
    if not sees:
        hidden += ["the hidden answer", REPO]
    assert [one for one in hidden if one in said] == [], said
    with hub.client("mallory" if let_in is not an_account else None) as client:
        for path in PLACES:
            text = client.get(path).text
            assert [one for one in hidden if one in text and one != REPO] == [], path
            assert sees or let_in is an_account or REPO not in text, path


PLACES = (
    f"/{REPO}/feeds/commits.atom", f"/{REPO}/feeds/discussions.atom", "/models/feed.atom", "/notifications",
    "/organizations/acme/feed.atom", "/api/recent-activity?feedType=all&entity=acme", "/api/quicksearch?q=birds",
    "/api/models?search=birds&full=true", "/models?search=birds",
)  # fmt: skip
"""Where she could read of it."""


def settle(hub: TestHub) -> None:
    """Until nothing waits: the server's own worker may be at it, too."""
    hub.work()
    until = time.monotonic() + 30
    while hub.rooms.queue.pending() and time.monotonic() < until:
        time.sleep(0.05)


def told_to(world: World) -> str:
    """Everything that came by webhook and by mail since the last time, and what stands in her notices."""
    hooks = [one.body.decode() for one in world.receiver.take()]
    mails = [str(mail) for mail in world.office.take() if "m@mail" in mail["To"]]
    with world.hub.rooms.db.read() as tx:
        disabled = tx.scalar("SELECT disabled FROM accounts_account WHERE name = 'mallory'")
    inbox = [] if disabled else world.hub.rooms.notices.inbox.of(world.hub.actor("mallory"))
    return json.dumps([hooks, mails, [repr(one) for one in inbox]])
