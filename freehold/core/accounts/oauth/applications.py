"""The applications that may ask to act for people: those that people registered, and the hub's own clients."""

import hmac
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from freehold.base.clock import Clock, now
from freehold.base.errors import Forbidden, Invalid, NotFound
from freehold.base.words import later
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.oauth.grants import end_grants
from freehold.core.accounts.tokens import hash_of
from freehold.stores.db.database import Database
from freehold.wire.oauth.redirects import check_redirect
from freehold.wire.oauth.refusals import INVALID_CLIENT, Refused

MOST_APPLICATIONS = 50
"""Applications of one account."""

MOST_REDIRECTS = 20
UNKNOWN = later("This hub knows no such application, or its secret is wrong.")

_COLUMNS = "a.id, a.owner_id, a.name, a.homepage, a.secret_hash, a.hint, a.redirect_uris, a.created_at, o.name AS owner"
_KNOWN = (
    f"SELECT {_COLUMNS} FROM accounts_oauth_app a JOIN accounts_account o ON o.id = a.owner_id WHERE o.disabled = 0"
)


@dataclass(frozen=True, slots=True)
class Application:
    """One client. `confidential`: it keeps a secret, of which `hint` are the last four characters."""

    id: str
    owner: str
    """The name of the person who registered it; empty: it is the hub's own."""
    name: str
    homepage: str
    confidential: bool
    hint: str
    redirect_uris: tuple[str, ...]
    created_at: int

    @property
    def built_in(self) -> bool:
        """Whether the hub itself vouches for it."""
        return not self.owner


HF = Application("26be6b09-91c5-47da-9861-d2d2bb7a7e36", "", "hf", "", False, "", (), 0)
"""`hf auth login` and `huggingface_hub.login()`, by the client id that they bring along."""

BUILT_IN = {app.id: app for app in (HF,)}


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person says of an application when registering it."""

    name: str
    homepage: str
    redirect_uris: Sequence[str]
    confidential: bool = True


class Applications:
    """The register of applications."""

    def __init__(self, db: Database, clock: Clock = now) -> None:
        self._db = db
        self._clock = clock

    def by_id(self, app_id: str) -> Application | None:
        """The application of that client id, unless the account of its owner is shut."""
        if app_id in BUILT_IN:
            return BUILT_IN[app_id]
        with self._db.read() as tx:
            row = tx.first(f"{_KNOWN} AND a.id = :id", id=app_id)
        return None if row is None else _application(row)

    def known(self, app_id: str) -> Application:
        """The same. Raises Refused."""
        found = self.by_id(app_id)
        if found is None:
            raise Refused(INVALID_CLIENT, UNKNOWN)
        return found

    def authenticate(self, app_id: str, secret: str | None) -> Application:
        """The application that sent a request: a confidential one must show its secret. Raises Refused."""
        app = self.known(app_id)
        if app.confidential:
            with self._db.read() as tx:
                kept = tx.scalar("SELECT secret_hash FROM accounts_oauth_app WHERE id = :id", id=app_id)
            if not hmac.compare_digest(str(kept), hash_of(secret or "")):
                raise Refused(INVALID_CLIENT, UNKNOWN)
        return app

    def list(self, owner_id: str) -> list[Application]:
        """What an account has registered, newest first."""
        with self._db.read() as tx:
            rows = tx.all(f"{_KNOWN} AND a.owner_id = :owner ORDER BY a.created_at DESC, a.id", owner=owner_id)
        return [_application(row) for row in rows]

    def add(self, actor: Actor, draft: Draft) -> tuple[Application, str]:
        """Register an application; its secret is returned here and never again (empty for a public client).

        Raises Invalid for a name or an address that cannot be.
        """
        owner_id = _person(actor)
        name, homepage, redirects = _checked(draft)
        secret = f"hf_app_{secrets.token_urlsafe(32)}" if draft.confidential else ""
        app_id = str(uuid.uuid4())
        with self._db.write() as tx:
            tx.take_turn(f"oauth-app:{owner_id}")
            count = tx.scalar("SELECT count(*) FROM accounts_oauth_app WHERE owner_id = :owner", owner=owner_id)
            if count >= MOST_APPLICATIONS:
                raise Invalid(f"An account may have {MOST_APPLICATIONS} applications. Delete one that is not used.")
            tx.run(
                "INSERT INTO accounts_oauth_app (id, owner_id, name, homepage, secret_hash, hint, redirect_uris,"
                " created_at) VALUES (:id, :owner, :name, :homepage, :hash, :hint, :redirects, :at)",
                id=app_id, owner=owner_id, name=name, homepage=homepage,
                hash=hash_of(secret) if secret else None, hint=secret[-4:],
                redirects=msgspec.json.encode(redirects).decode(), at=self._clock(),
            )  # fmt: skip
            record(tx, actor, "oauth.app.add", app_id, name=name, redirects=list(redirects))
        return self.known(app_id), secret

    def remove(self, actor: Actor, app_id: str) -> None:
        """Delete an application; whatever it was given ends at once. Its owner or an administrator may."""
        owner_id = _person(actor)
        with self._db.write() as tx:
            row = tx.first("SELECT owner_id, name FROM accounts_oauth_app WHERE id = :id", id=app_id)
            if row is None or (row.owner_id != owner_id and not actor.is_admin):
                raise NotFound("You have no such application.")
            end_grants(tx, "app_id = :app", app=app_id)
            for table in ("accounts_oauth_device", "accounts_oauth_code"):
                tx.run(f"DELETE FROM {table} WHERE app_id = :app", app=app_id)
            tx.run("DELETE FROM accounts_oauth_app WHERE id = :app", app=app_id)
            record(tx, actor, "oauth.app.remove", app_id, name=row.name)


def _person(actor: Actor) -> str:
    if actor.account_id is None or actor.token_id is not None:
        raise Forbidden("Applications are managed in the browser, by whoever is signed in there.")
    return actor.account_id


def _checked(draft: Draft) -> tuple[str, str, tuple[str, ...]]:
    name, homepage = draft.name.strip(), draft.homepage.strip()
    if not 0 < len(name) <= 60 or not name.isprintable():
        raise Invalid("An application needs a name of at most 60 characters, by which people recognise it.")
    if homepage and (not homepage.startswith(("https://", "http://")) or len(homepage) > 300):
        raise Invalid("A homepage is an address that begins with https://.")
    redirects = tuple(dict.fromkeys(one.strip() for one in draft.redirect_uris if one.strip()))
    if not 0 < len(redirects) <= MOST_REDIRECTS:
        raise Invalid(f"An application needs 1 to {MOST_REDIRECTS} addresses to return to, one a line.")
    for redirect in redirects:
        check_redirect(redirect)
    return name, homepage, redirects


def _application(row: Any) -> Application:
    redirects = tuple(msgspec.json.decode(row.redirect_uris, type=list[str]))
    return Application(
        row.id, row.owner, row.name, row.homepage, row.secret_hash is not None, row.hint, redirects, row.created_at
    )
