"""What applications were given: each sign-in with its access tokens and the refresh tokens that renew them."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from freehold.base.clock import Clock, now
from freehold.base.errors import Forbidden, NotFound
from freehold.base.ids import new_id
from freehold.base.words import later
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.oauth.reach import reach_of
from freehold.core.accounts.scope import Entity, Scope, encode
from freehold.core.accounts.tokens import NARROW, hash_of, make_secret
from freehold.stores.db.database import Database, Row, Transaction
from freehold.wire.oauth.refusals import INVALID_GRANT, Refused
from freehold.wire.oauth.scopes import EVERYTHING, join_scope, parse_scope

SECOND = 1_000_000
DAY_S = 24 * 3600
DEVICE_TOKEN_S = 7 * DAY_S
"""How long an access token of a device is good. huggingface_hub renews one in the last day of its life."""

TOKEN_S = 8 * 3600
"""How long any other access token is good."""

REFRESH_S = 90 * DAY_S
"""How long a refresh token is good; each renewal gives a new one."""

OVER = later("This sign-in has ended. Sign in again.")


@dataclass(frozen=True, slots=True)
class Given:
    """One sign-in of an application: whose, by which way, and what it may do."""

    app_id: str
    app_name: str
    account_id: str
    scopes: tuple[str, ...]
    way: str
    network: str = ""
    orgs: tuple[str, ...] = ()
    """The ids of organisations that the person let it reach."""

    @property
    def whole(self) -> bool:
        """Whether it is for all that the person may do: what a command line asks for, on a device of theirs."""
        return _is_whole(self.way, self.scopes)


@dataclass(frozen=True, slots=True)
class Issued:
    """Fresh tokens, shown once: `expires_s` is the access token's life in seconds."""

    access_token: str
    refresh_token: str
    expires_s: int
    grant_id: str
    account_id: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Authorised:
    """A sign-in as the person who allowed it may see it."""

    id: str
    app_id: str
    scopes: tuple[str, ...]
    way: str
    network: str
    created_at: int
    used_at: int
    orgs: tuple[str, ...] = ()
    """Names of the organisations that it was let reach, and that the person still belongs to."""

    @property
    def whole(self) -> bool:
        """Whether it is for all that the person may do, in every organisation."""
        return _is_whole(self.way, self.scopes)


class Grants:
    """The register of sign-ins."""

    def __init__(self, db: Database, clock: Clock = now) -> None:
        self._db = db
        self._clock = clock

    def open(self, tx: Transaction, actor: Actor, given: Given) -> Issued:
        """A new sign-in, in the transaction that allows it."""
        grant_id, at = new_id(), self._clock()
        tx.run(
            "INSERT INTO accounts_oauth_grant (id, app_id, account_id, scope, way, network, orgs, created_at,"
            " used_at) VALUES (:id, :app, :account, :scope, :way, :network, :orgs, :at, :at)",
            id=grant_id, app=given.app_id, account=given.account_id, scope=join_scope(given.scopes), way=given.way,
            network=given.network, orgs=" ".join(given.orgs), at=at,
        )  # fmt: skip
        said = {"scope": join_scope(given.scopes), "way": given.way} | (
            {"orgs": list(given.orgs)} if given.orgs else {}
        )
        record(tx, actor, "oauth.grant", given.app_id, grant=grant_id, **said)
        return self._issue(tx, grant_id, given)

    def refresh(self, app_id: str, app_name: str, secret: str) -> Issued:
        """New tokens for a refresh token, which is thereby used up. Raises Refused.

        One that comes a second time was stolen from somebody, so all that it stands for ends: RFC 9700, section 4.14.
        """
        with self._db.write() as tx:
            row = tx.first(
                "SELECT r.hash, r.grant_id, r.used_at, r.expires_at, g.scope, g.way, g.orgs, g.account_id"
                " FROM accounts_oauth_refresh r JOIN accounts_oauth_grant g ON g.id = r.grant_id"
                " JOIN accounts_account a ON a.id = g.account_id AND a.disabled = 0"
                " WHERE r.hash = :hash AND g.app_id = :app",
                hash=hash_of(secret), app=app_id,
            )  # fmt: skip
            if row is not None and self._use(tx, row):
                orgs = tuple(row.orgs.split())
                given = Given(app_id, app_name, row.account_id, parse_scope(row.scope), row.way, orgs=orgs)
                return self._issue(tx, row.grant_id, given)
        raise Refused(INVALID_GRANT, OVER)

    def _use(self, tx: Transaction, row: Any) -> bool:
        at = self._clock()
        if row.expires_at <= at:
            return False
        used = tx.run(
            "UPDATE accounts_oauth_refresh SET used_at = :at WHERE hash = :hash AND used_at IS NULL",
            at=at, hash=row.hash,
        )  # fmt: skip
        if used.rowcount == 1:
            return True
        end_grants(tx, "id = :grant", grant=row.grant_id)
        holder = Actor(row.account_id, tx.scalar("SELECT name FROM accounts_account WHERE id = :id", id=row.account_id))
        record(tx, holder, "oauth.reuse", row.grant_id)
        return False

    def _issue(self, tx: Transaction, grant_id: str, given: Given) -> Issued:
        access, refresh, at = make_secret(), secrets.token_urlsafe(48), self._clock()
        reach = None if given.whole else _reach(tx, given)
        life_s = DEVICE_TOKEN_S if given.way == "device" else TOKEN_S
        tx.run("UPDATE accounts_oauth_grant SET used_at = :at WHERE id = :id", at=at, id=grant_id)
        tx.run("DELETE FROM accounts_token WHERE grant_id = :grant AND expires_at <= :at", grant=grant_id, at=at)
        tx.run(
            "INSERT INTO accounts_token (id, account_id, name, role, hash, hint, created_at, expires_at, grant_id,"
            " scope) VALUES (:id, :account, :name, :role, :hash, :hint, :at, :expires, :grant, :scope)",
            id=new_id(), account=given.account_id, name=given.app_name[:100],
            role="write" if reach is None else NARROW, scope=None if reach is None else encode(reach),
            hash=hash_of(access), hint=access[-4:], at=at, expires=at + life_s * SECOND, grant=grant_id,
        )  # fmt: skip
        tx.run(
            "INSERT INTO accounts_oauth_refresh (hash, grant_id, created_at, expires_at)"
            " VALUES (:hash, :grant, :at, :expires)",
            hash=hash_of(refresh), grant=grant_id, at=at, expires=at + REFRESH_S * SECOND,
        )  # fmt: skip
        return Issued(access, refresh, life_s, grant_id, given.account_id, given.scopes)

    def scopes_of_token(self, token_id: str) -> tuple[str, ...] | None:
        """What the application that shows this token was allowed; None: the person made the token."""
        with self._db.read() as tx:
            text = tx.scalar(
                "SELECT g.scope FROM accounts_oauth_grant g JOIN accounts_token t ON t.grant_id = g.id"
                " WHERE t.id = :id",
                id=token_id,
            )
        return None if text is None else parse_scope(text)

    def allowed(self, account_id: str, app_id: str) -> frozenset[str]:
        """What a person has allowed an application in the browser, and not taken back."""
        with self._db.read() as tx:
            rows = tx.all(
                "SELECT scope FROM accounts_oauth_grant WHERE account_id = :account AND app_id = :app AND way = 'code'",
                account=account_id, app=app_id,
            )  # fmt: skip
        return frozenset(scope for row in rows for scope in parse_scope(row.scope))

    def allowed_orgs(self, account_id: str, app_id: str) -> frozenset[str]:
        """The ids of the organisations that a person let an application reach in the browser."""
        with self._db.read() as tx:
            rows = tx.all(
                "SELECT orgs FROM accounts_oauth_grant WHERE account_id = :account AND app_id = :app AND way = 'code'",
                account=account_id, app=app_id,
            )  # fmt: skip
        return frozenset(one for row in rows for one in row.orgs.split())

    def list(self, account_id: str) -> list[Authorised]:
        """A person's sign-ins of applications that can still be used, the last used first."""
        with self._db.read() as tx:
            rows = tx.all(
                "SELECT g.id, g.app_id, g.scope, g.way, g.network, g.created_at, g.used_at, g.orgs"
                " FROM accounts_oauth_grant g"
                " WHERE g.account_id = :account AND EXISTS (SELECT 1 FROM accounts_oauth_refresh r"
                " WHERE r.grant_id = g.id AND r.used_at IS NULL AND r.expires_at > :at)"
                " ORDER BY g.used_at DESC, g.id",
                account=account_id, at=self._clock(),
            )  # fmt: skip
            named = {
                one.id: one.name for one in _belonging(tx, account_id, {i for row in rows for i in row.orgs.split()})
            }
        return [
            Authorised(
                row.id, row.app_id, parse_scope(row.scope), row.way, row.network, row.created_at, row.used_at,
                tuple(sorted(named[one] for one in row.orgs.split() if one in named)),
            )
            for row in rows
        ]  # fmt: skip

    def revoke(self, actor: Actor, app_id: str) -> None:
        """Take back everything that an application was given by this person. Raises NotFound."""
        if actor.account_id is None or actor.token_id is not None:
            raise Forbidden("Access is taken back in the browser, by whoever is signed in there.")
        with self._db.write() as tx:
            ended = end_grants(tx, "app_id = :app AND account_id = :account", app=app_id, account=actor.account_id)
            if not ended:
                raise NotFound("You have allowed this application nothing.")
            record(tx, actor, "oauth.revoke", app_id, grants=len(ended))

    def revoke_secret(self, app_id: str, secret: str) -> None:
        """End the sign-in that a token of this application belongs to; says nothing if there is none (RFC 7009)."""
        with self._db.write() as tx:
            row = tx.first(
                "SELECT g.id, a.id AS account_id, a.name FROM accounts_oauth_grant g"
                " JOIN accounts_account a ON a.id = g.account_id WHERE g.app_id = :app AND (g.id IN (SELECT r.grant_id"
                " FROM accounts_oauth_refresh r WHERE r.hash = :hash) OR g.id IN (SELECT t.grant_id FROM"
                " accounts_token t WHERE t.hash = :hash))",
                app=app_id, hash=hash_of(secret),
            )  # fmt: skip
            if row is not None:
                end_grants(tx, "id = :grant", grant=row.id)
                record(tx, Actor(row.account_id, row.name), "oauth.revoke", app_id, grants=1)


def _reach(tx: Transaction, given: Given) -> Scope:
    """The limits of a token that is issued now: organisations that the person has left meanwhile are not in it."""
    name = tx.scalar("SELECT name FROM accounts_account WHERE id = :id", id=given.account_id)
    rows = _belonging(tx, given.account_id, given.orgs)
    orgs = sorted((Entity("org", row.id, row.name) for row in rows), key=lambda one: one.id)
    return reach_of(given.scopes, Entity("user", given.account_id, name), orgs)


def _belonging(tx: Transaction, account_id: str, org_ids: Iterable[str]) -> Sequence[Row]:
    """Those of the organisations that the person belongs to now, by id and name."""
    return tx.within(
        "SELECT o.id, o.name FROM accounts_account o JOIN accounts_membership m ON m.org_id = o.id"
        " WHERE m.user_id = :user AND o.id IN :values",
        list(org_ids),
        user=account_id,
    )


def _is_whole(way: str, scopes: Iterable[str]) -> bool:
    return way == "device" and set(scopes) >= set(EVERYTHING)


def end_grants(tx: Transaction, condition: str, **params: Any) -> Sequence[str]:
    """End the sign-ins for which `condition` holds, tokens included; their ids."""
    ids = [str(row.id) for row in tx.all(f"SELECT id FROM accounts_oauth_grant WHERE {condition}", **params)]
    for grant_id in ids:
        tx.run("DELETE FROM accounts_token WHERE grant_id = :grant", grant=grant_id)
        tx.run("DELETE FROM accounts_oauth_refresh WHERE grant_id = :grant", grant=grant_id)
        tx.run("DELETE FROM accounts_oauth_grant WHERE id = :grant", grant=grant_id)
    return ids
