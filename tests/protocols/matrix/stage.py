"""The stage of the matrix: people with all their credentials, and things in every state that a thing can be in."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.deploy_keys import Owned
from freehold.core.accounts.gates.gate import Policy
from freehold.core.accounts.oauth.applications import HF
from freehold.core.accounts.oauth.grants import Given
from freehold.core.accounts.scope import DISCUSS, READ_CONTENT, WRITE_REPO
from freehold.core.repos.deciding import Decision
from freehold.core.repos.gate_door import Asked
from freehold.features.collections.collections import Draft
from tests.core.accounts.test_keys import line
from tests.kit.buckets import a_bucket
from tests.kit.builders import a_repo
from tests.kit.hub import TestHub
from tests.protocols.matrix.policy import Caller, Thing
from tests.web.browsing import signed_in

FILES = {"README.md": b"---\nlicense: mit\n---\n# A thing", "a.txt": b"a"}
KINDS = {"models": RepoKind.MODEL, "datasets": RepoKind.DATASET, "spaces": RepoKind.SPACE, "kernels": RepoKind.KERNEL}

# Every name is as long as every other, so that even the lengths of answers can be compared.
THINGS = (
    Thing("acme/opens"),
    Thing("acme/close", visibility="private"),
    Thing("acme/gated", gated=True),
    Thing("acme/fence", visibility="private", gated=True),
    Thing("acme/group", visibility="private", grouped=True),
    Thing("acme/moved", visibility="private", moved=True),
    Thing("acme/quara", hold="quarantined"),
    Thing("acme/shuts", hold="disabled"),
    Thing("acme/trash", visibility="absent"),
    Thing("olga/diary", owner="olga", visibility="private"),
)
NEVER = Thing("acme/never", visibility="absent")
"""What nobody ever made: its answer is what `gone` means."""

ABROAD = Thing("olga/never", owner="olga", visibility="absent")
"""The same elsewhere: whom acme has shut out is told so of everything there, whether it is or never was."""

PEOPLE = ("carol", "zoe", "yann", "bob", "alice", "olga", "admin")
MORE = ("nina", "robot")
"""nina belongs to acme without access; robot is a service account that writes there."""
"""carol is a stranger; zoe reads in acme, yann contributes, bob writes, alice administers; olga has her own things."""

AT_THE_GATE = ("pia", "rex", "eve", "jo", "ada")
"""pia waits; rex's access was revoked, eve's has expired, jo was rejected; ada is in."""


@dataclass(frozen=True)
class Way:
    """A caller with one credential, as it goes over the wire."""

    name: str
    caller: Caller
    headers: dict[str, str] = field(default_factory=dict)
    by: str = "header"
    """`header`; `narrow`: the same with a fine-grained token; a cookie, sent by the hub's own page (`own`), by another
    site (`foreign`), or by no page (`bare`)."""
    form: str = ""
    """The token of the hub's own forms, which another site cannot know but may have stolen."""


@dataclass
class Stage:
    """A hub with all of it; `ways` and `slugs` are filled by `build`."""

    hub: TestHub
    ways: list[Way] = field(default_factory=list)
    group: str = ""
    slugs: dict[str, str] = field(default_factory=dict)
    """The name of a thing → the last part of its collection's slug."""


def build(folder: Path) -> Stage:
    """A hub on which nothing happens any more but what the matrix asks."""
    stage = Stage(TestHub(folder))
    hub = stage.hub
    for name in ("yann", "olga", "gus", "nina", *AT_THE_GATE):
        hub.rooms.people.add_user(SYSTEM, name)
    hub.rooms.people.set_member(SYSTEM, "acme", "yann", "contributor")
    hub.rooms.people.set_member(SYSTEM, "acme", "nina", "no_access")
    orgs, desk = hub.rooms.orgs, hub.rooms.orgs.desk(hub.actor("alice"), "acme")
    orgs.members.add_service(desk, "robot", "write")
    stage.group = orgs.groups.add(desk, "Core")
    orgs.groups.set_member(desk, stage.group, "zoe", "write")
    for thing in (*THINGS, NEVER, ABROAD):
        _make(stage, thing)
    _traces(stage)
    hub.clock.advance(2 * 24 * 3600)
    stage.ways = [*_ways(hub)]
    hub.work()
    for way in stage.ways:  # that a token was used is noted now and then: not while the matrix looks who writes
        with hub.client() as client:
            client.get("/api/whoami-v2", headers=way.headers)
    return stage


def _traces(stage: Stage) -> None:
    """What lists could tell of private things: public collections that hold them, likes, notices, mentions."""
    hub = stage.hub
    owners = {"acme": hub.actor("alice"), "olga": hub.actor("olga")}
    for thing in THINGS:
        if thing.visibility == "absent" or thing.moved:
            continue
        actor, repo_id = owners[thing.owner], RepoId(RepoKind.MODEL, *thing.name.split("/"))
        public = hub.rooms.collections.create(
            actor, Draft(thing.owner, f"With {thing.owner} and all"[:40] + thing.name[-5:])
        )
        if not thing.hold:
            editor = hub.rooms.collections.editor(actor, public.slug)
            editor.add(hub.rooms.collections.target(actor, "model", thing.name))
            hub.rooms.catalog.likes.set(hub.rooms.repos.reader(actor, repo_id), likes=True)
            writer = hub.rooms.repos.proposer(actor, repo_id)
            hub.rooms.discussions.open(writer, "Look", "@carol @zoe @olga @bob look at this")


def _make(stage: Stage, thing: Thing) -> None:
    hub, owner = stage.hub, "alice" if thing.owner == "acme" else thing.owner
    private = "public" if thing.visibility == "public" else "private"
    draft = Draft(thing.owner, thing.name.partition("/")[2], private=private == "private")
    slug = hub.rooms.collections.create(hub.actor(owner), draft).slug
    stage.slugs[thing.name] = slug.partition("/")[2]
    if thing.visibility == "absent":
        hub.rooms.collections.editor(hub.actor(owner), slug).delete()
    if thing in (NEVER, ABROAD):
        return
    made = [_repo(hub, kind, thing, private, owner) for kind in KINDS.values()]
    bucket = a_bucket(hub, thing.name, visibility=private, files={"a.txt": b"a"}) if thing.owner == "acme" else None
    for repo_id in [*made, *([bucket] if bucket else [])]:
        _change(stage, thing, repo_id, owner)


def _repo(hub: TestHub, kind: RepoKind, thing: Thing, private: str, owner: str) -> RepoId:
    sdk = "static" if kind is RepoKind.SPACE else None
    repo_id = a_repo(hub, kind, thing.name, visibility=private, files=FILES, sdk=sdk)
    hub.rooms.discussions.open(hub.rooms.repos.proposer(hub.actor(owner), repo_id), "A thread", "text")
    if thing.gated:
        admin = hub.rooms.repos.admin(hub.actor("alice"), repo_id)
        admin.update(gated="manual")
        if kind is RepoKind.MODEL and thing.visibility == "public":
            _let_in(hub, repo_id)
        elif kind is RepoKind.MODEL:
            hub.rooms.gating.keeper(admin).let_in("ada")
    return repo_id


def _let_in(hub: TestHub, repo_id: RepoId) -> None:
    gating, admin = hub.rooms.gating, hub.rooms.repos.admin(hub.actor("alice"), repo_id)
    gating.admin(admin).set_policy(Policy(days=365))
    for name in AT_THE_GATE:
        if name == "eve":
            gating.keeper(admin).let_in(name, days=1)
        else:
            gating.door(hub.rooms.repos.reader(hub.actor(name), repo_id)).ask(Asked({}))
    gating.keeper(admin).decide(Decision("accepted"), user="ada")
    gating.keeper(admin).decide(Decision("accepted"), user="rex")
    gating.keeper(admin).decide(Decision("rejected"), user="rex")
    gating.keeper(admin).decide(Decision("rejected"), user="jo")


def _change(stage: Stage, thing: Thing, repo_id: RepoId, owner: str) -> None:
    hub = stage.hub
    repos, actor = hub.rooms.repos, hub.actor(owner)
    if thing.moved:
        repos.move(actor, repo_id, RepoId(repo_id.kind, "acme", "where"))
    if thing.grouped:
        orgs, admitted = hub.rooms.orgs, repos.admit(SYSTEM, repo_id).repo
        orgs.groups.put(orgs.desk(hub.actor("alice"), "acme"), stage.group, admitted.id, admitted.owner_id)
    if thing.hold:
        repos.holds.put(SYSTEM, repos.admit(SYSTEM, repo_id).repo, thing.hold, "It carries malware.")
    if thing.visibility == "absent":
        repos.delete(actor, repo_id)


def _ways(hub: TestHub) -> Iterator[Way]:
    yield Way("nobody", Caller(""))
    for person in PEOPLE:
        yield _bearer(hub, person, "write")
        yield _bearer(hub, person, "read")
        yield _basic(hub, person, "write")
        yield from _cookies(hub, person)
    yield from _narrow(hub)
    for person in (*MORE, *AT_THE_GATE):
        yield _bearer(hub, person, "write")
    yield _basic(hub, "ada", "read")
    yield from _barred(hub)
    yield from _dead(hub)


def _bearer(hub: TestHub, person: str, role: str) -> Way:
    headers = {"authorization": f"Bearer {hub.token(person, role)}"}
    return Way(f"{person}, {role} token", Caller(person, role == "write"), headers)


def _basic(hub: TestHub, person: str, role: str) -> Way:
    text = base64.b64encode(f"{person}:{hub.token(person, role)}".encode()).decode()
    return Way(
        f"{person}, {role} token as password", Caller(person, role == "write"), {"authorization": f"Basic {text}"}
    )


def _narrow(hub: TestHub) -> Iterator[Way]:
    reads, writes = (READ_CONTENT,), (READ_CONTENT, DISCUSS, WRITE_REPO)
    acme, close, opens = ("org", "acme"), ("model", "acme/close"), ("model", "acme/opens")
    for person, part, may, write in (
        ("bob", acme, writes, True), ("bob", acme, reads, False), ("bob", close, writes, True),
        ("zoe", acme, writes, True),
        ("bob", opens, writes, True), ("carol", close, writes, True), ("admin", opens, writes, True),
    ):  # fmt: skip
        token = hub.narrow(person, (*part, may))
        name = f"{person}, token to {'write' if write else 'read'} {part[1]}"
        yield Way(name, Caller(person, write, scope=part[1]), {"authorization": f"Bearer {token}"}, "narrow")
    for person, scopes, covered in (
        ("olga", ("openid", "read-repos"), "olga"),
        ("bob", ("read-repos", "write-repos"), "bob"), ("alice", ("openid",), ""),
    ):  # fmt: skip
        with hub.rooms.db.write() as tx:
            given = Given(HF.id, HF.name, str(hub.actor(person).account_id), scopes, "device")
            token = hub.rooms.oauth.grants.open(tx, SYSTEM, given).access_token
        name = f"{person}, token of an application for {' '.join(scopes)}"
        yield Way(name, Caller(person, False, scope=covered), {"authorization": f"Bearer {token}"}, "narrow")
    nothing = {"authorization": f"Bearer {hub.narrow('alice')}"}
    yield Way("alice, token for nothing", Caller("alice", False, scope="nothing"), nothing, "narrow")


def _barred(hub: TestHub) -> Iterator[Way]:
    """Tokens that acme has shut out, of a member and of who administers it; to acme they are as good as unfit ones."""
    orgs, desk = hub.rooms.orgs, hub.rooms.orgs.desk(hub.actor("alice"), "acme")
    for person in ("bob", "alice"):
        made, secret = hub.rooms.tokens.add(SYSTEM, str(hub.actor(person).account_id), "shut out", "write")
        orgs.credentials.deny(desk, made.id)
        yield Way(
            f"{person}, token that acme shut out", Caller(person, shut_out=True), {"authorization": f"Bearer {secret}"}
        )


def _cookies(hub: TestHub, person: str) -> Iterator[Way]:
    browser = signed_in(hub, person)
    cookie = {"cookie": "; ".join(f"{name}={value}" for name, value in browser.client.cookies.items())}
    form = browser.token_on("/new")
    yield Way(f"{person}, own page", Caller(person), cookie | {"sec-fetch-site": "same-origin"}, "own", form)
    yield Way(f"{person}, other site", Caller(person), cookie | {"sec-fetch-site": "cross-site"}, "foreign", form)
    yield Way(f"{person}, cookie alone", Caller(person), cookie, "bare")


def _pass_of_a_key(hub: TestHub) -> str:
    """What git-lfs is given for a deploy key of acme/close: good below one address, which no question here has."""
    repo = hub.rooms.repos.admit(SYSTEM, RepoId(RepoKind.MODEL, "acme", "close")).repo
    owned = Owned(repo.id, repo.owner_id, "acme/close")
    key = hub.rooms.keys.deploy.add(hub.actor("alice"), owned, "ci", line(b"of acme/close"), "write")
    return hub.house.passes.make(key.id, "/acme/close.git/info/lfs", may_write=True)


def _dead(hub: TestHub) -> Iterator[Way]:
    """Credentials that are good for nothing: a token is refused, a cookie is nobody's."""
    tokens, gus = hub.rooms.tokens, hub.actor("gus")
    alice = hub.actor("alice").account_id
    revoked, secret = tokens.add(SYSTEM, str(alice), "revoked", "write")
    tokens.revoke(SYSTEM, str(alice), revoked.id)
    over = tokens.add(SYSTEM, str(alice), "over", "write", expires_at=hub.clock() + 1_000_000)[1]
    hub.clock.advance(2)
    his = hub.token("gus")
    [cookie, *_] = list(_cookies(hub, "gus"))
    hub.rooms.people.disable(SYSTEM, gus.name)
    made_up = "hf_" + "x" * 40
    yield Way("pass of a deploy key", Caller("", dead=True), {"authorization": f"Pass {_pass_of_a_key(hub)}"})
    for name, text in (("revoked", secret), ("expired", over), ("of one shut out", his), ("made up", made_up)):
        yield Way(f"{name} token", Caller("", dead=True), {"authorization": f"Bearer {text}"})
    basic = base64.b64encode(f"alice:{secret}".encode()).decode()
    yield Way("revoked token as password", Caller("", dead=True), {"authorization": f"Basic {basic}"})
    yield Way("cookie of one shut out", Caller(""), cookie.headers, "own", cookie.form)
