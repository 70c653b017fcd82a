"""Authorization codes: what a person has allowed in the browser, on its way to the application."""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from freehold.base.clock import Clock, now
from freehold.base.errors import Forbidden
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.oauth.applications import Application
from freehold.core.accounts.oauth.grants import SECOND, Given, Grants, Issued, end_grants
from freehold.core.accounts.tokens import hash_of
from freehold.stores.db.database import Database, Transaction
from freehold.wire.oauth.authorize import Asked
from freehold.wire.oauth.parameters import proof_of
from freehold.wire.oauth.refusals import INVALID_GRANT, Refused
from freehold.wire.oauth.scopes import join_scope, parse_scope

LIFE_S = 60
"""A code is carried by the browser at once; nobody needs it later."""

_SPENT = "The code is unknown, was used already, or has expired. Start the sign-in again."


@dataclass(frozen=True, slots=True)
class Redeemed:
    """The tokens of a code, and what the id token must repeat; `signed_in_at` in microseconds."""

    issued: Issued
    nonce: str
    signed_in_at: int


@dataclass(frozen=True, slots=True)
class Shown:
    """What an application shows to redeem a code; `verifier` is empty where it began without a challenge."""

    code: str
    redirect_uri: str
    verifier: str


class Codes:
    """The register of codes that are on their way."""

    def __init__(self, db: Database, grants: Grants, clock: Clock = now) -> None:
        self._db = db
        self._grants = grants
        self._clock = clock

    def issue(self, actor: Actor, app: Application, asked: Asked, signed_in_at: int, orgs: Sequence[str] = ()) -> str:
        """A code for what this person has just allowed, with the ids of the organisations that it may reach."""
        if actor.account_id is None or actor.token_id is not None:
            raise Forbidden("An application is let in from the browser, by whoever is signed in there.")
        code, at = secrets.token_urlsafe(32), self._clock()
        with self._db.write() as tx:
            tx.run("DELETE FROM accounts_oauth_code WHERE expires_at <= :at", at=at - 3600 * SECOND)
            tx.run(
                "INSERT INTO accounts_oauth_code (hash, app_id, account_id, redirect_uri, scope, nonce, challenge,"
                " orgs, signed_in_at, created_at, expires_at) VALUES (:hash, :app, :account, :uri, :scope, :nonce,"
                " :challenge, :orgs, :signed_in, :at, :expires)",
                hash=hash_of(code), app=app.id, account=actor.account_id, uri=asked.redirect_uri,
                scope=join_scope(asked.scopes), nonce=asked.nonce, challenge=asked.challenge, orgs=" ".join(orgs),
                signed_in=signed_in_at, at=at, expires=at + LIFE_S * SECOND,
            )  # fmt: skip
            record(tx, actor, "oauth.allow", app.id, scope=join_scope(asked.scopes), to=asked.redirect_uri)
        return code

    def signed_in_at(self, session_secret: str) -> int:
        """When the person of a session had proven who they are, in microseconds; now, where it is not known."""
        with self._db.read() as tx:
            at = tx.scalar("SELECT created_at FROM accounts_session WHERE hash = :hash", hash=hash_of(session_secret))
        return self._clock() if at is None else int(at)

    def redeem(self, app: Application, shown: Shown) -> Redeemed:
        """The tokens of a code, once. Raises Refused.

        A code that comes a second time was overheard, so what it was redeemed for ends: RFC 6749, section 4.1.2.
        """
        with self._db.write() as tx:
            row = tx.first(
                "SELECT c.account_id, c.redirect_uri, c.scope, c.nonce, c.challenge, c.orgs, c.signed_in_at,"
                " c.expires_at, c.grant_id, a.name FROM accounts_oauth_code c"
                " JOIN accounts_account a ON a.id = c.account_id"
                " AND a.disabled = 0 WHERE c.hash = :hash AND c.app_id = :app",
                hash=hash_of(shown.code), app=app.id,
            )  # fmt: skip
            if row is not None and self._fits(tx, row, shown):
                return self._open(tx, app, row, shown)
        raise Refused(INVALID_GRANT, _SPENT)

    def _fits(self, tx: Transaction, row: Any, shown: Shown) -> bool:
        if row.grant_id is not None:
            end_grants(tx, "id = :grant", grant=row.grant_id)
            return False
        if row.expires_at <= self._clock() or not hmac.compare_digest(row.redirect_uri, shown.redirect_uri):
            return False
        # A verifier without a challenge means that somebody took the challenge out on its way: RFC 9700, 4.8.2.
        if not row.challenge or not shown.verifier:
            return not row.challenge and not shown.verifier
        proof = proof_of(shown.verifier, sha256(shown.verifier.encode()).digest())
        return hmac.compare_digest(row.challenge, proof)

    def _open(self, tx: Transaction, app: Application, row: Any, shown: Shown) -> Redeemed:
        given = Given(app.id, app.name, row.account_id, parse_scope(row.scope), "code", orgs=tuple(row.orgs.split()))
        issued = self._grants.open(tx, Actor(row.account_id, row.name), given)
        taken = tx.run(
            "UPDATE accounts_oauth_code SET grant_id = :grant WHERE hash = :hash AND grant_id IS NULL",
            grant=issued.grant_id, hash=hash_of(shown.code),
        )  # fmt: skip
        if taken.rowcount != 1:  # another process was quicker; what was opened here is rolled back
            raise Refused(INVALID_GRANT, _SPENT)
        return Redeemed(issued, row.nonce, row.signed_in_at)
