"""Devices that ask for a sign-in without a browser of their own (RFC 8628)."""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from freehold.base.clock import Clock, now
from freehold.base.errors import Forbidden, NotFound
from freehold.base.words import later
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.oauth.applications import Application, Applications
from freehold.core.accounts.oauth.grants import SECOND, Given, Grants, Issued
from freehold.core.accounts.tokens import hash_of
from freehold.stores.db.database import Database, Transaction
from freehold.wire.oauth.refusals import (
    ACCESS_DENIED,
    AUTHORIZATION_PENDING,
    EXPIRED_TOKEN,
    INVALID_GRANT,
    SLOW_DOWN,
    Refused,
)
from freehold.wire.oauth.scopes import join_scope, parse_scope
from freehold.wire.oauth.usercodes import LENGTH, LETTERS, format_code, read_code

LIFE_S = 900
INTERVAL_S = 3
"""How long a device waits between two questions."""

MOST_WAITING = 200
"""Devices of one network that may wait at a time: each leaves a row behind, and nobody had to sign in for it."""

MOST_MISSES = 10
"""Wrong codes that one account may type in the life of a code: 20^8 codes cannot be tried out like this."""

NO_SUCH_CODE = later("No device waits with this code. It may have been typed wrongly, or be older than 15 minutes.")
TOO_MANY_MISSES = later(
    "You have typed too many wrong codes. Wait a quarter of an hour, then start again on the device."
)


@dataclass(frozen=True, slots=True)
class Begun:
    """What a device is told: it shows `user_code` and asks again with `device_code`."""

    device_code: str
    user_code: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A device that waits, as it is shown to the person who typed its code."""

    user_code: str
    app: Application
    scopes: tuple[str, ...]
    network: str
    created_at: int


class Devices:
    """The register of waiting devices. `key` makes what is kept of the short codes useless without it."""

    def __init__(self, db: Database, apps: Applications, grants: Grants, key: bytes, clock: Clock = now) -> None:
        self._db = db
        self._apps = apps
        self._grants = grants
        self._key = key
        self._clock = clock

    def begin(self, app: Application, scopes: tuple[str, ...], network: str) -> Begun:
        """Let a device wait. Raises Refused where too many of its network do."""
        letters = [secrets.choice(LETTERS) for _ in range(LENGTH)]
        device_code, at = secrets.token_urlsafe(32), self._clock()
        with self._db.write() as tx:
            tx.run("DELETE FROM accounts_oauth_device WHERE expires_at <= :at", at=at - LIFE_S * SECOND)
            waiting = tx.scalar(
                "SELECT count(*) FROM accounts_oauth_device WHERE network = :network AND expires_at > :at",
                network=network, at=at,
            )  # fmt: skip
            if waiting >= MOST_WAITING:
                raise Refused(SLOW_DOWN, "Too many devices of this network wait already. Try again in 15 minutes.")
            tx.run(
                "INSERT INTO accounts_oauth_device (hash, user_code, app_id, scope, network, state, created_at,"
                " expires_at) VALUES (:hash, :code, :app, :scope, :network, 'waiting', :at, :expires)",
                hash=hash_of(device_code), code=self._mac("".join(letters)), app=app.id, scope=join_scope(scopes),
                network=network, at=at, expires=at + LIFE_S * SECOND,
            )  # fmt: skip
        return Begun(device_code, format_code(letters))

    def find(self, actor: Actor, typed: str) -> Waiting:
        """The device whose code somebody typed. Raises NotFound, and Forbidden for one who tries out codes."""
        account_id = _person(actor)
        with self._db.write() as tx:
            row = self._row(tx, account_id, typed)
        app = self._apps.by_id(row.app_id) if row is not None else None
        code = read_code(typed)
        if row is None or app is None or code is None:
            raise NotFound(NO_SUCH_CODE)
        return Waiting(format_code(code), app, parse_scope(row.scope), row.network, row.created_at)

    def decide(self, actor: Actor, typed: str, *, approve: bool, orgs: Sequence[str] = ()) -> Waiting:
        """Let the device in, or do not, once; `orgs` are organisations that it may reach. Raises as `find` does."""
        waiting, account_id = self.find(actor, typed), _person(actor)
        with self._db.write() as tx:
            decided = tx.run(
                "UPDATE accounts_oauth_device SET state = :state, account_id = :account, orgs = :orgs"
                " WHERE user_code = :code AND state = 'waiting' AND expires_at > :at",
                state="approved" if approve else "denied", account=account_id, orgs=" ".join(orgs),
                code=self._mac(read_code(typed) or ""), at=self._clock(),
            )  # fmt: skip
            if decided.rowcount != 1:
                raise NotFound(NO_SUCH_CODE)
            record(tx, actor, "oauth.device", waiting.app.id, approved=approve, network=waiting.network)
        return waiting

    def claim(self, app: Application, device_code: str) -> Issued:
        """The tokens of a device that was let in, once. Raises Refused with the reason why there are none (yet)."""
        with self._db.write() as tx:
            outcome = self._outcome(tx, app, device_code)
        if isinstance(outcome, Refused):  # raised out here, so that what was noted is kept
            raise outcome
        return outcome

    def _outcome(self, tx: Transaction, app: Application, device_code: str) -> Issued | Refused:
        hashed, at = hash_of(device_code), self._clock()
        row = tx.first(
            "SELECT d.app_id, d.state, d.scope, d.network, d.expires_at, d.polled_at, d.account_id, d.orgs,"
            " a.name, a.disabled FROM accounts_oauth_device d LEFT JOIN accounts_account a ON a.id = d.account_id"
            " WHERE d.hash = :hash",
            hash=hashed,
        )
        if row is None or row.app_id != app.id:
            return Refused(INVALID_GRANT, "This hub knows no such device code.")
        if (reason := _not_yet(row, at)) is not None:
            tx.run("UPDATE accounts_oauth_device SET polled_at = :at WHERE hash = :hash", at=at, hash=hashed)
            return reason
        gone = tx.run("DELETE FROM accounts_oauth_device WHERE hash = :hash AND state = 'approved'", hash=hashed)
        if gone.rowcount != 1:
            return Refused(INVALID_GRANT, "This device code was used already.")
        given = Given(
            app.id, app.name, row.account_id, parse_scope(row.scope), "device", row.network, tuple(row.orgs.split())
        )
        return self._grants.open(tx, Actor(row.account_id, row.name), given)

    def _row(self, tx: Transaction, account_id: str, typed: str) -> Any:
        """The waiting row; a miss is counted, and whoever has too many is told nothing more."""
        since, code = self._clock() - LIFE_S * SECOND, read_code(typed)
        tx.run("DELETE FROM accounts_oauth_miss WHERE at <= :since", since=since)
        misses = tx.scalar("SELECT count(*) FROM accounts_oauth_miss WHERE account_id = :id", id=account_id)
        if misses >= MOST_MISSES:
            raise Forbidden(TOO_MANY_MISSES)
        row = tx.first(
            "SELECT app_id, scope, network, created_at FROM accounts_oauth_device"
            " WHERE user_code = :code AND state = 'waiting' AND expires_at > :at",
            code=self._mac(code or ""), at=self._clock(),
        )  # fmt: skip
        if row is None:
            tx.run(
                "INSERT INTO accounts_oauth_miss (account_id, at) VALUES (:id, :at)", id=account_id, at=self._clock()
            )
        return row

    def _mac(self, letters: str) -> str:
        return hmac.new(self._key, letters.encode(), "sha256").hexdigest()


def _not_yet(row: Any, at: int) -> Refused | None:
    """Why a device gets nothing now; None where somebody has let it in."""
    if row.expires_at <= at:
        return Refused(EXPIRED_TOKEN, "The code has expired. Start again.")
    if row.state == "denied" or row.disabled:
        return Refused(ACCESS_DENIED, "The request was denied.")
    if row.state == "approved":
        return None
    if at - row.polled_at < (INTERVAL_S - 1) * SECOND:
        return Refused(SLOW_DOWN, f"Ask every {INTERVAL_S} seconds, not more often.")
    return Refused(AUTHORIZATION_PENDING, "Nobody has decided yet.")


def _person(actor: Actor) -> str:
    if actor.account_id is None or actor.token_id is not None:
        raise Forbidden("A device is let in from the browser, by whoever is signed in there.")
    return actor.account_id
