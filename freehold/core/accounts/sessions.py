"""Browser sessions, and the one-time links by which an account signs in without a password."""

import secrets
from dataclasses import dataclass

from freehold.base.clock import Clock, now
from freehold.base.errors import BadCredentials, NotFound
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.names import name_key
from freehold.core.accounts.tokens import hash_of
from freehold.stores.db.database import Database

DAY = 24 * 3600 * 1_000_000
SESSION_LIFE = 30 * DAY
LINK_LIFE = 3 * DAY


@dataclass(frozen=True, slots=True)
class Opened:
    """A fresh session: `secret` goes into the cookie and is kept here only as a hash."""

    secret: str
    account_id: str
    name: str
    expires_at: int


class Sessions:
    """Opens, recognises and closes sessions; `clock` gives microseconds."""

    def __init__(self, db: Database, clock: Clock = now) -> None:
        self._db = db
        self._clock = clock

    def open(self, account_id: str, user_agent: str = "") -> Opened:
        """A new session for an account that has just proved who it is."""
        secret, at = secrets.token_urlsafe(32), self._clock()
        with self._db.write() as tx:
            tx.run("DELETE FROM accounts_session WHERE expires_at <= :at", at=at)
            name = tx.scalar("SELECT name FROM accounts_account WHERE id = :id AND disabled = 0", id=account_id)
            if name is None:
                raise NotFound("This account does not exist.")
            tx.run(
                "INSERT INTO accounts_session (hash, account_id, created_at, expires_at, user_agent)"
                " VALUES (:hash, :account, :at, :expires, :agent)",
                hash=hash_of(secret),
                account=account_id,
                at=at,
                expires=at + SESSION_LIFE,
                agent=user_agent[:300],
            )
        return Opened(secret, account_id, name, at + SESSION_LIFE)

    def identify(self, secret: str) -> Actor:
        """The actor of a session; BadCredentials if it is unknown or over."""
        with self._db.read() as tx:
            row = tx.first(
                "SELECT a.id, a.name, a.is_admin FROM accounts_session s JOIN accounts_account a"
                " ON a.id = s.account_id WHERE s.hash = :hash AND s.expires_at > :at AND a.disabled = 0",
                hash=hash_of(secret),
                at=self._clock(),
            )
        if row is None:
            raise BadCredentials("Your session is over. Sign in again.")
        return Actor(row.id, row.name, bool(row.is_admin), may_write=True)

    def close(self, secret: str) -> None:
        """End a session; one that is over already is no error."""
        with self._db.write() as tx:
            tx.run("DELETE FROM accounts_session WHERE hash = :hash", hash=hash_of(secret))

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

    def use_link(self, secret: str, user_agent: str = "") -> Opened:
        """A session for the link's account; BadCredentials the second time, and for a link that is too old."""
        at = self._clock()
        with self._db.write() as tx:
            used = tx.run(
                "UPDATE accounts_link SET used_at = :at WHERE hash = :hash AND used_at IS NULL AND expires_at > :at",
                hash=hash_of(secret),
                at=at,
            )
            if used.rowcount != 1:
                raise BadCredentials("This sign-in link was used already or is too old. Ask for a new one.")
            account_id = tx.scalar("SELECT account_id FROM accounts_link WHERE hash = :hash", hash=hash_of(secret))
        return self.open(account_id, user_agent)
