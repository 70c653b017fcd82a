"""Every page of the hub, by the name of its route: who looks at it, and where in the example hub it is."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import urlencode

from freehold.base.base64url import encode
from freehold.core.accounts.actor import ANONYMOUS, SYSTEM, Actor
from freehold.core.accounts.gates.groups import Group
from freehold.core.accounts.oauth.applications import Draft
from freehold.core.accounts.sessions import Proof, Sessions
from freehold.core.accounts.signing_in.letters import Kind
from freehold.core.accounts.signing_in.limits import Visitor
from freehold.core.accounts.signing_in.signing_in import Halfway
from freehold.core.repos.gate_groups import Place
from freehold.demo.story import named
from freehold.features.collections.collections import Draft as Shelf
from freehold.wire.totp import code_at
from tests.kit.demo import DemoHub

Looks = tuple[tuple[str, str], ...]
"""Who (empty: nobody; `ivan, halfway`: in the middle of signing in) looks, and at which address."""

PAGES: Mapping[str, Looks] = {
    "home": (("", "/"), ("alice", "/")),
    "style": (("", "/-/style"),),
    "api-reference": (("", "/docs/api"),),
    "lineage": (("", "/aviary/letters-en/lineage"),),
    "search": (("", "/search?q=letters"), ("", "/search")),
    "list-models": (("", "/models"), ("", "/models?search=nothing-is-called-so")),
    "list-datasets": (("", "/datasets"),),
    "list-spaces": (("", "/spaces"),),
    "list-kernels": (("", "/kernels"),),
    "list-buckets": (("", "/buckets"),),
    "repo": (
        ("", "/aviary/which-language"),
        ("alice", "/aviary/letters-en"),
        ("", "/datasets/fieldnotes/sentences"),
        ("", "/spaces/aviary/language-guesser"),
        ("", "/kernels/aviary/softmax"),
        ("erin", "/harbour/tides-1"),
        ("admin", "/mallory/free-weights"),
    ),
    "files": (("", "/aviary/letters-en/tree/main"), ("alice", "/datasets/fieldnotes/sentences/tree/main/data")),
    "file": (
        ("alice", "/aviary/letters-en/blob/main/model.safetensors"),
        ("", "/aviary/letters-en/blob/main/config.json"),
        ("", "/aviary/letters-en-gguf/blob/main/letters-en-Q8_0.gguf"),
        ("", "/aviary/which-language/blob/main/README.md"),
        ("", "/datasets/fieldnotes/sentences/blob/main/data/test.csv"),
        ("", "/datasets/fieldnotes/sentences/blob/main/data/all.jsonl"),
        ("", "/datasets/fieldnotes/chirps/blob/main/rising-0.wav"),
        ("", "/datasets/fieldnotes/bird-counts/blob/main/plot.png"),
        ("", "/datasets/alice/notebooks/blob/main/explore.ipynb"),
        ("", "/kernels/aviary/softmax/blob/main/torch-ext/softmax/__init__.py"),
    ),
    "blame": (("", "/datasets/fieldnotes/sentences/blame/main/eval.yaml"),),
    "edit": (("alice", "/aviary/letters-en/edit/main/README.md"),),
    "delete": (("alice", "/aviary/letters-en/delete/main/metrics.json"),),
    "upload": (("alice", "/aviary/letters-en/upload/main"),),
    "compare": (("", "/datasets/fieldnotes/sentences/compare"),),
    "compared": (("", "/datasets/dave/bird-colours/compare/main...refs%2Fpr%2F2"),),
    "history": (("", "/datasets/fieldnotes/sentences/commits/main"),),
    "commit": (("", "/datasets/fieldnotes/sentences/commit/{oid}"),),
    "settings": (("alice", "/aviary/letters-en/settings"), ("frank", "/harbour/tides-1/settings")),
    "publishers": (("alice", "/aviary/letters-en/settings/publishers"),),
    "deploy-keys": (("alice", "/aviary/letters-en/settings/keys"),),
    "discussions": (("", "/aviary/which-language/discussions"), ("alice", "/datasets/dave/bird-colours/discussions")),
    "new-discussion": (("carol", "/aviary/letters-en/discussions/new"),),
    "discussion": (
        ("", "/aviary/which-language/discussions/1"),
        ("alice", "/aviary/which-language/discussions/1"),
        ("dave", "/datasets/dave/bird-colours/discussions/2"),
    ),
    "pull": (
        ("dave", "/datasets/dave/bird-colours/discussions/2/files"),
        ("", "/datasets/dave/bird-colours/discussions/2/commits"),
    ),
    "likers": (("alice", "/aviary/which-language/likers"),),
    "gate": (("heidi", "/harbour/tides-1/gate"), ("erin", "/harbour/tides-1/gate"), ("carol", "/harbour/tides-1/gate")),
    "access": (
        ("frank", "/harbour/tides-1/access"),
        ("frank", "/harbour/tides-1/access?status=accepted"),
        ("frank", "/harbour/tides-1/access?status=rejected"),
    ),
    "requests": (("carol", "/settings/gated-repos"), ("judy", "/settings/gated-repos")),
    "profile": (("", "/alice"), ("carol", "/alice"), ("", "/aviary"), ("alice", "/harbour")),
    "collections": (("", "/collections"),),
    "new-collection": (("alice", "/collections/new"),),
    "collect": (("carol", "/collections/add?kind=model&id=aviary/letters-en"),),
    "collection": (("", "/collections/{letters}"), ("alice", "/collections/{letters}")),
    "collection-access": (("alice", "/collections/{letters}/access"), ("frank", "/collections/{gated}/access")),
    "collection-gate": (("carol", "/collections/{gated}/gate"), ("frank", "/collections/{gated}/gate")),
    "bucket": (("", "/buckets/alice/checkpoints"),),
    "bucket-files": (("", "/buckets/alice/checkpoints/tree/run-1"),),
    "bucket-settings": (("alice", "/buckets/alice/checkpoints/settings"),),
    "new": (("alice", "/new"),),
    "notifications": (("alice", "/notifications"), ("mallory", "/notifications")),
    "login": (("", "/login"),),
    "link": (("", "/login/link/{link}"),),
    "ask-reset": (("", "/login/reset"),),
    "sign-up": (("", "/signup"),),
    "invitation": (("", "/signup/{invitation}"),),
    "confirm-sign-up": (("", "/signup/confirm/{sign_up}"),),
    "reset": (("", "/login/reset/{reset}"),),
    "address": (("alice", "/settings/address/{address}"),),
    "ask-to-leave": (("", "/notifications/leave/{way_out}"),),
    "second-factor": (("ivan, halfway", "/login/second"),),
    "enrol": (("judy, halfway", "/login/enrol"),),
    "authorize": (("alice", "/oauth/authorize?{authorize}"),),
    "providers": (("alice", "/settings/providers"),),
    "confirm": (("alice", "/settings/confirm"),),
    "password": (("alice", "/settings/password"),),
    "profile-settings": (("alice", "/settings/profile"),),
    "ending": (("alice", "/settings/account"),),
    "security": (("alice", "/settings/security"),),
    "sessions": (("alice", "/settings/sessions"),),
    "device": (("alice", "/oauth/device"),),
    "applications": (("alice", "/settings/applications"),),
    "tokens": (("alice", "/settings/tokens"), ("bob", "/settings/tokens")),
    "keys": (("alice", "/settings/keys"),),
    "organization": (("frank", "/organizations/harbour/settings"), ("alice", "/organizations/aviary/settings")),
    "memberships": (("alice", "/settings/organizations"), ("erin", "/settings/organizations")),
    "storage": (("alice", "/settings/storage"), ("alice", "/organizations/aviary/settings/storage")),
    "audit": (
        ("alice", "/settings/audit"),
        ("alice", "/organizations/aviary/settings/audit"),
        ("admin", "/settings/audit/hub"),
    ),
    "webhooks": (("alice", "/settings/webhooks"),),
    "webhook": (("alice", "/settings/webhooks/{hook}"),),
    "identity": (("bob", "/settings/identity"),),
    "report": (("carol", "/-/report?about=/mallory"),),
    "reports": (("carol", "/settings/reports"),),
    "admin": (("admin", "/-/admin"),),
    "admin-queue": (("admin", "/-/admin/queue"),),
    "admin-settings": (("admin", "/-/admin/settings"),),
    "admin-people": (("admin", "/-/admin/people"),),
    "admin-organizations": (("admin", "/-/admin/organizations"),),
    "admin-invitations": (("admin", "/-/admin/invitations"),),
    "admin-repositories": (("admin", "/-/admin/repositories"),),
    "admin-reports": (("admin", "/-/admin/reports"),),
    "admin-blocks": (("admin", "/-/admin/blocks"),),
    "admin-tokens": (("admin", "/-/admin/tokens"),),
}

NO_PAGES = {
    "asset": "style sheets and scripts",
    "avatar": "pictures",
    "preview": "a picture",
    "preview-account": "a picture",
    "preview-repo": "a picture",
    "incoming": "what the upload page's script asks",
    "collection-receipt": "a file to keep",
    "collection-receipts": "a file to keep",
    "collection-fetched": "a file to keep",
    "collection-report": "a file to keep",
    "receipt": "a file to keep",
    "receipts": "a file to keep",
    "given-receipts": "a file to keep",
    "side-receipt": "a file to keep",
    "fetched": "a file to keep",
    "own-fetched": "a file to keep",
    "sign-in-with": "leads to a provider",
    "signed-in-with": "comes from a provider",
}


def page_routes(demo: DemoHub) -> Iterator[str]:
    """The names of all routes that answer a browser."""
    for route in demo.house.routes:
        if "GET" in (route.methods or {"GET"}) and route.endpoint.__module__.startswith("freehold.web"):
            yield route.name


def ids_in(demo: DemoHub) -> Mapping[str, str]:
    """What stands in addresses in place of `{…}`."""
    rooms, alice = demo.house.rooms, actor_of(demo, "alice")
    letters = next(one for one in rooms.collections.of_owner(alice, owner_of(demo, "aviary")))
    told = (one.notice.discussion_id for one in rooms.notices.inbox.of(alice))
    discussion = next(one for one in told if one is not None)
    return {
        "sign_up": _letter(demo, "sign-up", name="nina"),
        "reset": _letter(demo, "reset", name="ivan"),
        "address": _letter(demo, "address", name="alice"),
        "way_out": rooms.notices.threads.way_out(discussion, owner_of(demo, "alice")),
        "authorize": _application(demo, actor_of(demo, "carol")),
        "gated": _gated(demo, actor_of(demo, "frank")),
        "oid": rooms.repos.reader(ANONYMOUS, named("datasets/fieldnotes/sentences")).commit_of(),
        "letters": letters.collection.slug,
        "hook": rooms.notices.webhooks.of(alice)[0].id,
        "link": rooms.sessions.make_link(SYSTEM, "ivan"),
        "invitation": rooms.doors.joining.invite(SYSTEM, "", []),
    }


def halfway(demo: DemoHub, name: str) -> str:
    """The secret of somebody who has proven one of two factors; ivan has an app, others have yet to set one up."""
    sign_in, account = demo.house.rooms.doors.sign_in, owner_of(demo, name)
    if name == "ivan" and not sign_in.codes.has_app(account):
        proof = Proof(actor_of(demo, name), account)
        secret = sign_in.codes.begin_app(proof)
        sign_in.codes.confirm_app(proof, code_at(secret, sign_in.clock() // 30_000_000))
    strict = replace(sign_in, sessions=Sessions(sign_in.db, sign_in.clock, demand_strong=True))
    came = strict.proven(account, ["password"], Visitor(""))
    assert isinstance(came, Halfway)
    return came.secret


def _letter(demo: DemoHub, kind: Kind, **detail: str) -> str:
    rooms = demo.house.rooms
    with rooms.db.write() as tx:
        return rooms.doors.letters.hand_over(tx, kind, **detail)


def _gated(demo: DemoHub, keeper: Actor) -> str:
    """The slug of a collection with a gate of its own."""
    rooms, tides = demo.house.rooms, named("harbour/tides-1")
    for one in rooms.collections.of_owner(keeper, owner_of(demo, "harbour")):
        if one.collection.title == "All tides":
            return one.collection.slug
    made = rooms.collections.create(keeper, Shelf("harbour", "All tides"))
    rooms.collections.editor(keeper, made.slug).add(rooms.collections.target(keeper, "model", tides.full))
    place = Place(made.id, made.owner_id, f"collections/{made.slug}", made.title)
    rooms.gating.groups.keep(keeper, place, Group(prompt="For research."), [rooms.repos.reader(keeper, tides).repo])
    return made.slug


def _application(demo: DemoHub, owner: Actor) -> str:
    """What an application asks for in the browser."""
    back = "https://chess.example/back"
    app, _ = demo.house.rooms.oauth.apps.add(owner, Draft("Chess", "https://chess.example", [back], confidential=False))
    challenge = encode(hashlib.sha256(b"verifier" * 8).digest())
    asked = {"response_type": "code", "client_id": app.id, "redirect_uri": back, "state": "s", "nonce": "n"}
    asked |= {"scope": "openid profile read-repos", "code_challenge": challenge, "code_challenge_method": "S256"}
    return urlencode(asked)


def actor_of(demo: DemoHub, name: str) -> Actor:
    return Actor(owner_of(demo, name), name, may_write=True)


def owner_of(demo: DemoHub, name: str) -> str:
    account = demo.house.rooms.people.by_name(name)
    assert account is not None, name
    return account.id
