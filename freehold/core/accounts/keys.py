"""The public keys that people have registered for git over SSH; a key alone tells who comes, deploy keys included."""

from dataclasses import dataclass
from typing import Any

from freehold.base.clock import Clock, now
from freehold.base.errors import BadCredentials, Forbidden, Invalid, NotFound
from freehold.base.ids import new_id
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.deploy_keys import DeployKeys, demand_new_key, key_name, note_use
from freehold.core.accounts.tokens import ROLES
from freehold.stores.db.database import Database
from freehold.wire.publickeys import parse_public_key

MOST_KEYS = 100
"""Keys of one account."""

UNKNOWN = "This hub does not know the key. Register it at /settings/keys."

_COLUMNS = "id, account_id, name, role, kind, fingerprint, created_at, last_used_at"


@dataclass(frozen=True, slots=True)
class Key:
    """A registered key; its public part is kept as a fingerprint only."""

    id: str
    account_id: str
    name: str
    role: str
    kind: str
    fingerprint: str
    created_at: int
    last_used_at: int | None


class Keys:
    """The register of keys. `deploy` are those of repositories."""

    def __init__(self, db: Database, clock: Clock = now) -> None:
        self.deploy = DeployKeys(db, clock)
        self._db = db
        self._clock = clock

    def add(self, actor: Actor, account_id: str, name: str, line: str, role: str = "write") -> Key:
        """Register the key on a line of a `.pub` file; without a name it has that of its comment.

        The account itself or an administrator may. Raises Invalid for a key that is none or too weak, Conflict for one
        that is registered.
        """
        self._may_manage(actor, account_id)
        if role not in ROLES:
            raise Invalid(f"A key's role is one of {', '.join(ROLES)}; not {role!r}.")
        public = parse_public_key(line)
        name = key_name(public, name)
        key = Key(new_id(), account_id, name, role, public.kind, public.fingerprint, self._clock(), None)
        with self._db.write() as tx:
            demand_new_key(tx, key.fingerprint)
            if not tx.scalar("SELECT 1 FROM accounts_account WHERE id = :id AND kind = 'user'", id=account_id):
                raise NotFound("Keys belong to people, and there is no such person.")
            if tx.scalar("SELECT count(*) FROM accounts_key WHERE account_id = :id", id=account_id) >= MOST_KEYS:
                raise Invalid(f"An account may have {MOST_KEYS} keys. Remove one that you no longer use.")
            tx.run(
                "INSERT INTO accounts_key (id, account_id, name, role, kind, fingerprint, created_at)"
                " VALUES (:id, :account, :name, :role, :kind, :print, :at)",
                id=key.id, account=account_id, name=name, role=role, kind=key.kind, print=key.fingerprint,
                at=key.created_at,
            )  # fmt: skip
            record(tx, actor, "key.add", account_id, key=key.id, role=role, fingerprint=key.fingerprint)
        return key

    def identify(self, fingerprint: str) -> Actor:
        """The actor who proved to hold a key; BadCredentials if it is unknown, removed, or its account shut."""
        return self._known(
            self._actor("k.fingerprint = :value", fingerprint) or self.deploy.by_fingerprint(fingerprint)
        )

    def actor_of(self, key_id: str) -> Actor:
        """The actor of a key that was proven before; BadCredentials if it is no longer valid."""
        return self._known(self._actor("k.id = :value", key_id) or self.deploy.by_id(key_id))

    def list(self, account_id: str) -> list[Key]:
        """An account's keys, newest first."""
        with self._db.read() as tx:
            rows = tx.all(
                f"SELECT {_COLUMNS} FROM accounts_key WHERE account_id = :account ORDER BY created_at DESC, id DESC",
                account=account_id,
            )
        return [_key(row) for row in rows]

    def remove(self, actor: Actor, account_id: str, key_id: str) -> None:
        """Forget a key; who comes with it is a stranger from now on."""
        self._may_manage(actor, account_id)
        with self._db.write() as tx:
            gone = tx.run(
                "DELETE FROM accounts_key WHERE id = :id AND account_id = :account", id=key_id, account=account_id
            )
            if gone.rowcount == 0:
                raise NotFound("You have no such key.")
            record(tx, actor, "key.remove", account_id, key=key_id)

    def _known(self, actor: Actor | None) -> Actor:
        if actor is None:
            raise BadCredentials(UNKNOWN)
        return actor

    def _actor(self, condition: str, value: str) -> Actor | None:
        with self._db.read() as tx:
            row = tx.first(
                "SELECT k.id, k.role, k.last_used_at, a.id AS account_id, a.name, a.is_admin FROM accounts_key k"
                f" JOIN accounts_account a ON a.id = k.account_id WHERE {condition} AND a.disabled = 0",
                value=value,
            )
        if row is None:
            return None
        note_use(self._db, "key", row, self._clock())
        return Actor(row.account_id, row.name, bool(row.is_admin), row.role == "write", key_id=row.id)

    def _may_manage(self, actor: Actor, account_id: str) -> None:
        if not actor.may_write or (actor.account_id != account_id and not actor.is_admin):
            raise Forbidden("You may manage your own keys only, and not with a read token.")


def _key(row: Any) -> Key:
    return Key(**row._asdict())
