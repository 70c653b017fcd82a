"""A directory's tokens: good for keeping people and groups, and for nothing else."""

import secrets
from dataclasses import dataclass

from freehold.base.clock import Clock, now
from freehold.base.errors import BadCredentials, Conflict, Forbidden, Invalid, NotFound
from freehold.base.ids import new_id
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.tokens import hash_of
from freehold.stores.db.database import Database

PREFIX = "scim_"
_USED_EVERY = 3600 * 1_000_000
INVALID = "This is no token of a directory. Ask the hub's operator for one: freehold scim token NAME"


@dataclass(frozen=True, slots=True)
class Directory:
    """One directory that may keep this hub's people, by the name that the operator gave it."""

    id: str
    name: str
    created_at: int
    last_used_at: int | None


class Credentials:
    """The register of directories."""

    def __init__(self, db: Database, clock: Clock = now) -> None:
        self._db = db
        self._clock = clock

    def add(self, actor: Actor, name: str) -> str:
        """Let a directory in; its secret, which is told once. Raises Conflict if one of that name is there."""
        _demand_operator(actor)
        if not name.strip() or len(name) > 60 or not name.isprintable():
            raise Invalid("A directory has a name of at most 60 characters, so that the audit can say it.")
        secret, token_id = PREFIX + secrets.token_urlsafe(32), new_id()
        with self._db.write() as tx:
            if tx.scalar("SELECT 1 FROM accounts_scim_token WHERE name = :name", name=name.strip()):
                raise Conflict(f"There is a directory called {name.strip()!r}. Choose another name.")
            tx.run(
                "INSERT INTO accounts_scim_token (id, name, hash, created_at) VALUES (:id, :name, :hash, :at)",
                id=token_id, name=name.strip(), hash=hash_of(secret), at=self._clock(),
            )  # fmt: skip
            record(tx, actor, "scim.token.add", "scim", directory=name.strip())
        return secret

    def remove(self, actor: Actor, name: str) -> None:
        """Shut a directory out at once. Raises NotFound."""
        _demand_operator(actor)
        with self._db.write() as tx:
            if tx.run("DELETE FROM accounts_scim_token WHERE name = :name", name=name).rowcount == 0:
                raise NotFound(f"There is no directory called {name!r}.")
            record(tx, actor, "scim.token.remove", "scim", directory=name)

    def list(self) -> list[Directory]:
        """All directories, by name."""
        with self._db.read() as tx:
            rows = tx.all("SELECT id, name, created_at, last_used_at FROM accounts_scim_token ORDER BY name")
        return [Directory(*row) for row in rows]

    def identify(self, secret: str) -> Actor:
        """The directory that a secret stands for: an operator's hand, under its own name. Raises BadCredentials."""
        row = None
        if secret.startswith(PREFIX):
            with self._db.read() as tx:
                row = tx.first(
                    "SELECT id, name, last_used_at FROM accounts_scim_token WHERE hash = :hash", hash=hash_of(secret)
                )
        if row is None:
            raise BadCredentials(INVALID)
        at = self._clock()
        if row.last_used_at is None or row.last_used_at < at - _USED_EVERY:
            with self._db.write() as tx:
                tx.run("UPDATE accounts_scim_token SET last_used_at = :at WHERE id = :id", at=at, id=row.id)
        return Actor(None, f"scim:{row.name}", is_admin=True, may_write=True, token_id=row.id, kind="system")


def _demand_operator(actor: Actor) -> None:
    if not (actor.is_admin and actor.may_write):
        raise Forbidden("Only administrators of this hub may do this.")
