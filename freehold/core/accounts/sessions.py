"""Browser sessions, and the one-time links by which an account signs in without a password.

A session is opened in one place, `Sessions.open`, for whoever has proven themselves as far as this hub asks:
`signing_in` decides that.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from freehold.base.clock import Clock, now
from freehold.base.errors import BadCredentials, Forbidden, NotFound
from freehold.base.words import later
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.names import name_key
from freehold.core.accounts.tokens import hash_of
from freehold.stores.db.database import Database, Transaction

MINUTE = 60 * 1_000_000
DAY = 24 * 60 * MINUTE
SESSION_LIFE = 30 * DAY
LINK_LIFE = 3 * DAY
RECENT = 15 * MINUTE
"""How long after proving who they are somebody may change how their account is entered."""

STRONG = frozenset({"passkey", "totp", "recovery", "oidc"})
"""Methods that are a second factor, or whose other side answers for one (`oidc`: the operator's own provider)."""

_SEEN_EVERY = 60 * MINUTE  # reading must not write, so a session's last use is noted at most once an hour
_ID_LENGTH = 24  # of the hash: enough to name a session to its owner, and nothing to enter by


@dataclass(frozen=True, slots=True)
class Opened:
    """A fresh session: `secret` goes into the cookie and is kept here only as a hash."""

    secret: str
    account_id: str
    name: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class Session:
    """A session as its owner may see it; `id` names it and opens nothing. Times are microseconds."""

    id: str
    methods: Sequence[str]
    created_at: int
    authenticated_at: int
    last_seen_at: int
    expires_at: int
    user_agent: str
    address: str


@dataclass(frozen=True, slots=True)
class Proof:
    """Holding one is the permission to change how an account is entered.

    Made for whoever proved moments ago who they are: by `Sessions.recent`, and for a first second factor that the
    hub demands by `signing_in`. `session` is the hash of the session, empty where there is none yet.
    """

    actor: Actor
    account_id: str
    session: str = ""


class NotRecent(Forbidden):
    """The session is good, but what is asked for wants its person to prove once more who they are."""


class Sessions:
    """Opens, recognises and closes sessions; `clock` gives microseconds.

    With `demand_strong` a session that was opened without a second factor is no session.
    """

    def __init__(self, db: Database, clock: Clock = now, *, demand_strong: bool = False) -> None:
        self._db = db
        self._clock = clock
        self.demand_strong = demand_strong

    def open(
        self, account_id: str, user_agent: str = "", *, methods: Sequence[str] = ("password",), address: str = ""
    ) -> Opened:
        """A new session for an account that has just proved by `methods` who it is, as far as the hub asks."""
        secret, at = secrets.token_urlsafe(32), self._clock()
        with self._db.write() as tx:
            tx.run("DELETE FROM accounts_session WHERE expires_at <= :at", at=at)
            row = tx.first("SELECT name, is_admin FROM accounts_account WHERE id = :id AND disabled = 0", id=account_id)
            if row is None:
                raise NotFound("This account does not exist.")
            tx.run(
                "INSERT INTO accounts_session (hash, account_id, created_at, expires_at, user_agent, methods,"
                " authenticated_at, last_seen_at, address)"
                " VALUES (:hash, :account, :at, :expires, :agent, :methods, :at, :at, :address)",
                hash=hash_of(secret), account=account_id, at=at, expires=at + SESSION_LIFE, agent=user_agent[:300],
                methods=" ".join(methods), address=address[:100],
            )  # fmt: skip
            who = Actor(account_id, row.name, bool(row.is_admin))
            detail = {"methods": [*methods], "address": address, "user_agent": user_agent[:300]}
            record(tx, who, "session.open", row.name, **detail)
        return Opened(secret, account_id, row.name, at + SESSION_LIFE)

    def identify(self, secret: str) -> Actor:
        """The actor of a session; BadCredentials if it is unknown or over, or weaker than the hub demands."""
        row = self._row(secret)
        at = self._clock()
        if row.last_seen_at is None or row.last_seen_at < at - _SEEN_EVERY:
            with self._db.write() as tx:
                tx.run("UPDATE accounts_session SET last_seen_at = :at WHERE hash = :hash", at=at, hash=row.hash)
        return _actor(row)

    def recent(self, secret: str) -> Proof:
        """What lets the session's person change how their account is entered; NotRecent, BadCredentials."""
        row = self._row(secret)
        if row.authenticated_at <= self._clock() - RECENT:
            raise NotRecent(later("Prove once more that it is you, then send the form again."))
        return Proof(_actor(row), row.id, row.hash)

    def confirm(self, secret: str, method: str) -> None:
        """The session's person has proven by `method` once more who they are."""
        row = self._row(secret)
        with self._db.write() as tx:
            tx.run(
                "UPDATE accounts_session SET authenticated_at = :at WHERE hash = :hash", at=self._clock(), hash=row.hash
            )
            record(tx, _actor(row), "session.confirm", row.name, method=method)

    def strengthen(self, proof: Proof, method: str) -> None:
        """Note in the proof's own session that its person has shown a further factor, when they set it up."""
        with self._db.write() as tx:
            methods = tx.scalar("SELECT methods FROM accounts_session WHERE hash = :hash", hash=proof.session) or ""
            if method not in methods.split():
                more = f"{methods} {method}".strip()
                tx.run("UPDATE accounts_session SET methods = :more WHERE hash = :hash", more=more, hash=proof.session)

    def close(self, secret: str) -> None:
        """End a session; one that is over already is no error."""
        with self._db.write() as tx:
            tx.run("DELETE FROM accounts_session WHERE hash = :hash", hash=hash_of(secret))

    def list(self, account_id: str) -> list[Session]:
        """The account's sessions, the one used last first."""
        with self._db.read() as tx:
            rows = tx.all(
                "SELECT hash, methods, created_at, authenticated_at, last_seen_at, expires_at, user_agent, address"
                " FROM accounts_session WHERE account_id = :account AND expires_at > :at"
                " ORDER BY COALESCE(last_seen_at, created_at) DESC, hash",
                account=account_id,
                at=self._clock(),
            )
        return [
            Session(
                row.hash[:_ID_LENGTH], row.methods.split(), row.created_at, row.authenticated_at,
                row.last_seen_at or row.created_at, row.expires_at, row.user_agent, row.address,
            )
            for row in rows
        ]  # fmt: skip

    def end(self, actor: Actor, account_id: str, session_id: str) -> None:
        """End one session of the account. Its person or an administrator may."""
        self._may_end(actor, account_id)
        with self._db.write() as tx:
            gone = tx.run(
                "DELETE FROM accounts_session WHERE account_id = :account AND substr(hash, 1, :length) = :id",
                account=account_id, length=_ID_LENGTH, id=session_id,
            )  # fmt: skip
            if gone.rowcount == 0:
                raise NotFound("This session is over already.")
            record(tx, actor, "session.end", account_id, session=session_id)

    def end_all(self, actor: Actor, account_id: str, *, but: str = "") -> None:
        """End every session of the account, but for the one with the secret `but`."""
        self._may_end(actor, account_id)
        with self._db.write() as tx:
            shut_out(tx, account_id, but=hash_of(but) if but else "")
            record(tx, actor, "session.end", account_id, session="all")

    def make_link(self, actor: Actor, name: str) -> str:
        """The secret of a link that signs `name` in once, within three days."""
        secret, at = secrets.token_urlsafe(32), self._clock()
        with self._db.write() as tx:
            account_id = tx.scalar(
                "SELECT id FROM accounts_account WHERE name_key = :key AND kind = 'user' AND disabled = 0",
                key=name_key(name),
            )
            if account_id is None:
                raise NotFound(f"There is no user called {name!r}.")
            tx.run(
                "INSERT INTO accounts_link (hash, account_id, created_at, expires_at)"
                " VALUES (:hash, :account, :at, :expires)",
                hash=hash_of(secret),
                account=account_id,
                at=at,
                expires=at + LINK_LIFE,
            )
            record(tx, actor, "link.make", name)
        return secret

    def take_link(self, secret: str) -> str:
        """Use up a link: the account that it stands for. BadCredentials the second time, and for one too old."""
        at = self._clock()
        with self._db.write() as tx:
            used = tx.run(
                "UPDATE accounts_link SET used_at = :at WHERE hash = :hash AND used_at IS NULL AND expires_at > :at",
                hash=hash_of(secret),
                at=at,
            )
            if used.rowcount != 1:
                raise BadCredentials("This sign-in link was used already or is too old. Ask for a new one.")
            return str(tx.scalar("SELECT account_id FROM accounts_link WHERE hash = :hash", hash=hash_of(secret)))

    def _row(self, secret: str) -> Any:
        with self._db.read() as tx:
            row = tx.first(
                "SELECT s.hash, s.methods, s.authenticated_at, s.last_seen_at, a.id, a.name, a.is_admin"
                " FROM accounts_session s JOIN accounts_account a ON a.id = s.account_id"
                " WHERE s.hash = :hash AND s.expires_at > :at AND a.disabled = 0",
                hash=hash_of(secret),
                at=self._clock(),
            )
        if row is None or (self.demand_strong and not STRONG.intersection(row.methods.split())):
            raise BadCredentials("Your session is over. Sign in again.")
        return row

    def _may_end(self, actor: Actor, account_id: str) -> None:
        if not actor.may_write or (actor.account_id != account_id and not actor.is_admin):
            raise Forbidden("You may end your own sessions only, and not with a read token.")


def id_of(secret: str) -> str:
    """What `Session.id` is for the session with this secret."""
    return hash_of(secret)[:_ID_LENGTH]


def shut_out(tx: Transaction, account_id: str, *, but: str = "") -> None:
    """End every session, half-way sign-in and unused link of an account, but for the session with the hash `but`."""
    tx.run("DELETE FROM accounts_session WHERE account_id = :id AND hash <> :but", id=account_id, but=but)
    tx.run("DELETE FROM accounts_halfway WHERE account_id = :id", id=account_id)
    tx.run("DELETE FROM accounts_link WHERE account_id = :id", id=account_id)


def _actor(row: Any) -> Actor:
    return Actor(row.id, row.name, bool(row.is_admin), may_write=True)


def forget_credentials(tx: Transaction, account_id: str) -> None:
    """Delete everything by which an account can be entered but its password, which the caller decides about."""
    shut_out(tx, account_id)
    for sql in _MADE:
        tx.run(sql, id=account_id)
    for table in ("token", "key", "totp", "recovery", "passkey", "oauth_grant", "oauth_code", "oauth_device"):
        tx.run(f"DELETE FROM accounts_{table} WHERE account_id = :id", id=account_id)


_OF_THEIR_APPLICATIONS = (
    "IN (SELECT g.id FROM accounts_oauth_grant g JOIN accounts_oauth_app a ON a.id = g.app_id WHERE a.owner_id = :id)"
)
_MADE = (
    "DELETE FROM accounts_oauth_publisher WHERE created_by = :id",
    "DELETE FROM accounts_deploy_key WHERE added_by = :id OR owner_id = :id",
    "DELETE FROM accounts_oauth_refresh WHERE grant_id IN (SELECT id FROM accounts_oauth_grant WHERE account_id = :id)",
    # What others gave to an application of theirs ends as well: it may be why the account is shut.
    f"DELETE FROM accounts_oauth_refresh WHERE grant_id {_OF_THEIR_APPLICATIONS}",
    f"DELETE FROM accounts_token WHERE grant_id {_OF_THEIR_APPLICATIONS}",
    f"DELETE FROM accounts_oauth_grant WHERE id {_OF_THEIR_APPLICATIONS}",
)
