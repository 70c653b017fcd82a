"""Deploy keys: public keys for git over SSH that belong to one repository and to nobody, made by who administers it."""

from collections.abc import Sequence
from dataclasses import dataclass

from freehold.base.clock import Clock, now
from freehold.base.errors import Conflict, Forbidden, Invalid, NotFound
from freehold.base.ids import new_id
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.scope import READ_CONTENT, WRITE_REPO, Entity, Part, Scope
from freehold.core.accounts.tokens import ROLES
from freehold.stores.db.database import Database, Row, Transaction
from freehold.wire.publickeys import PublicKey, parse_public_key

MOST_DEPLOY_KEYS = 50
"""Keys of one repository."""

USED_EVERY = 3600 * 1_000_000
"""A key's last use is noted at most once an hour: reading must not write."""

LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class DeployKey:
    """A repository's key; its public part is kept as a fingerprint only. `added_by` is a person's name."""

    id: str
    name: str
    role: str
    kind: str
    fingerprint: str
    added_by: str
    created_at: int
    last_used_at: int | None


@dataclass(frozen=True, slots=True)
class Owned:
    """A repository by its row id, its owner's account and its web path."""

    id: str
    owner_id: str
    path: str


class DeployKeys:
    """The register of deploy keys. Whoever calls it has opened the repository to administer it."""

    def __init__(self, db: Database, clock: Clock = now) -> None:
        self._db = db
        self._clock = clock

    def list(self, repo_id: str) -> Sequence[DeployKey]:
        """A repository's keys, oldest first."""
        with self._db.read() as tx:
            rows = tx.all(
                "SELECT k.id, k.name, k.role, k.kind, k.fingerprint, a.name AS added_by, k.created_at, k.last_used_at"
                " FROM accounts_deploy_key k JOIN accounts_account a ON a.id = k.added_by WHERE k.repo_id = :repo"
                " ORDER BY k.created_at, k.id",
                repo=repo_id,
            )
        return [DeployKey(**row._asdict()) for row in rows]

    def add(self, actor: Actor, repo: Owned, name: str, line: str, role: str) -> DeployKey:
        """Let the key on a line of a `.pub` file into this repository, to read it or to write to it.

        Raises Invalid for a key that is none or too weak, Conflict for one that is registered anywhere.
        """
        if actor.account_id is None or not actor.may_write:
            raise Forbidden("A deploy key is made by a person who administers the repository.")
        if role not in ROLES:
            raise Invalid(f"A key's role is one of {', '.join(ROLES)}; not {role[:50]!r}.")
        public = parse_public_key(line)
        key = DeployKey(
            new_id(), key_name(public, name), role, public.kind, public.fingerprint, actor.name, self._clock(), None
        )
        with self._db.write() as tx:
            demand_new_key(tx, key.fingerprint)
            tx.take_turn(f"deploy-keys:{repo.id}")
            held = tx.scalar("SELECT count(*) FROM accounts_deploy_key WHERE repo_id = :repo", repo=repo.id)
            if held >= MOST_DEPLOY_KEYS:
                raise Invalid(f"A repository may have {MOST_DEPLOY_KEYS} deploy keys. Remove one that is not used.")
            tx.run(
                "INSERT INTO accounts_deploy_key (id, repo_id, owner_id, added_by, name, role, kind, fingerprint,"
                " created_at) VALUES (:id, :repo, :owner, :who, :name, :role, :kind, :print, :at)",
                id=key.id, repo=repo.id, owner=repo.owner_id, who=actor.account_id, name=key.name, role=role,
                kind=key.kind, print=key.fingerprint, at=key.created_at,
            )  # fmt: skip
            record(tx, actor, "deploy_key.add", repo.path, key=key.id, role=role, fingerprint=key.fingerprint)
        return key

    def remove(self, actor: Actor, repo: Owned, key_id: str) -> None:
        """Forget a key; who comes with it is a stranger from now on, links and tickets of before included."""
        with self._db.write() as tx:
            gone = tx.run("DELETE FROM accounts_deploy_key WHERE id = :id AND repo_id = :repo", id=key_id, repo=repo.id)
            if gone.rowcount == 0:
                raise NotFound("This repository has no such deploy key.")
            record(tx, actor, "deploy_key.remove", repo.path, key=key_id)

    def by_fingerprint(self, fingerprint: str) -> Actor | None:
        """The actor that a key stands for; None if it is no deploy key."""
        return self._actor("k.fingerprint = :value", fingerprint)

    def by_id(self, key_id: str) -> Actor | None:
        """The same, of a key that was proven before."""
        return self._actor("k.id = :value", key_id)

    def _actor(self, condition: str, value: str) -> Actor | None:
        with self._db.read() as tx:
            row = tx.first(
                "SELECT k.id, k.repo_id, k.name, k.role, k.last_used_at FROM accounts_deploy_key k"
                " JOIN accounts_account o ON o.id = k.owner_id AND o.disabled = 0"
                f" JOIN accounts_account a ON a.id = k.added_by AND a.disabled = 0 WHERE {condition}",
                value=value,
            )
        if row is None:
            return None
        note_use(self._db, "deploy_key", row, self._clock())
        permissions = {READ_CONTENT, WRITE_REPO} if row.role == "write" else {READ_CONTENT}
        part = Part(Entity("repository", row.repo_id, ""), frozenset(permissions))
        return Actor(None, f"deploy key {row.name}", kind="deploy", scope=Scope((part,)), key_id=row.id)


def note_use(db: Database, table: str, key: Row, at: int) -> None:
    """Note that a key was used; `table` is `key` or `deploy_key`."""
    if key.last_used_at is None or key.last_used_at < at - USED_EVERY:
        with db.write() as tx:
            tx.run(f"UPDATE accounts_{table} SET last_used_at = :at WHERE id = :id", at=at, id=key.id)


def key_name(public: PublicKey, name: str) -> str:
    """What a key is called: by its owner, by its comment, or by its kind. Raises Invalid."""
    name = name.strip() or public.comment[:LONGEST_NAME] or public.kind
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid(f"A key needs a name of at most {LONGEST_NAME} characters, so that you recognise it later.")
    return name


def demand_new_key(tx: Transaction, fingerprint: str) -> None:
    """Raise Conflict for a key that is registered, of a person or of a repository; nobody adds it until `tx` ends."""
    tx.take_turn(f"key:{fingerprint}")
    if tx.scalar("SELECT 1 FROM accounts_key WHERE fingerprint = :print", print=fingerprint) or tx.scalar(
        "SELECT 1 FROM accounts_deploy_key WHERE fingerprint = :print", print=fingerprint
    ):
        raise Conflict(
            "This key is registered already. A key stands for one account, or for one repository; make another one."
        )


def forget_deploy_keys(tx: Transaction, repo_id: str) -> int:
    """The repository goes, or goes to another owner: its keys end; how many."""
    return int(tx.run("DELETE FROM accounts_deploy_key WHERE repo_id = :repo", repo=repo_id).rowcount)
