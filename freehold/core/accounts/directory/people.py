"""People as a directory keeps them: each an account of this hub, with what the directory says of it beside it."""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from freehold.base.clock import Clock, now
from freehold.base.errors import Conflict, Forbidden, HubError, InvalidName, NotFound
from freehold.base.ids import is_name, new_id
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.directory.roles import forget, settle
from freehold.core.accounts.moderation.standing import reopen, shut
from freehold.core.accounts.names import claim, name_key, skeleton
from freehold.core.accounts.oauth.grants import end_grants
from freehold.core.accounts.signing_in.addresses import holder_of
from freehold.stores.db.database import Database, Row, Transaction

Edit = Callable[["Person"], Mapping[str, Any]]
"""What becomes of a person's document; raises to leave all as it is."""

_SELECT = (
    "SELECT a.id, a.name, a.full_name, a.email, a.is_admin, a.disabled, a.created_at, s.document, s.shut,"
    " s.created_at AS linked_at, s.updated_at"
)
_FROM = " FROM accounts_account a LEFT JOIN accounts_scim_user s ON s.account_id = a.id"
# Whoever was shut for good before any directory came is not shown to one; whom it has deleted it is not shown again.
_THERE = "a.kind = 'user' AND (s.user_key IS NOT NULL OR (s.account_id IS NULL AND a.disabled = 0))"


@dataclass(frozen=True, slots=True)
class Person:
    """One person; `document` is what a directory may write, as it wrote it. Times in microseconds."""

    id: str
    name: str
    document: Mapping[str, Any]
    groups: Sequence[tuple[str, str]]
    """Ids and names."""
    created_at: int
    updated_at: int


class DirectoryPeople:
    """The people of this hub, kept by a directory. Whoever administers the hub is shown, and not changed."""

    def __init__(self, db: Database, clock: Clock = now) -> None:
        self._db = db
        self._clock = clock

    def get(self, account_id: str) -> Person:
        """One person. Raises NotFound."""
        with self._db.read() as tx:
            return _person(tx, account_id)

    def count(self) -> int:
        """How many there are."""
        with self._db.read() as tx:
            return int(tx.scalar(f"SELECT count(*){_FROM} WHERE {_THERE}"))

    def page(self, offset: int, limit: int) -> list[Person]:
        """Some of them, in the order in which they came."""
        with self._db.read() as tx:
            rows = tx.all(
                f"{_SELECT}{_FROM} WHERE {_THERE} ORDER BY a.created_at, a.id LIMIT :limit OFFSET :offset",
                limit=limit, offset=offset,
            )  # fmt: skip
            return _people(tx, rows)

    def called(self, user_name: str) -> list[Person]:
        """Whoever has this userName, in any case."""
        with self._db.read() as tx:
            rows = tx.all(
                f"{_SELECT}{_FROM} WHERE {_THERE}"
                " AND (s.user_key = :key OR (s.account_id IS NULL AND a.name_key = :key))",
                key=user_name.lower(),
            )
            return _people(tx, rows)

    def known_as(self, external_id: str) -> list[Person]:
        """Whoever the directory knows by this externalId."""
        with self._db.read() as tx:
            sql = f"{_SELECT}{_FROM} WHERE {_THERE} AND s.external_id = :external"
            return _people(tx, tx.all(sql, external=external_id))

    def add(self, actor: Actor, document: Mapping[str, Any]) -> Person:
        """Make an account for a person. Raises Conflict if the userName is taken."""
        key, at, account_id = document["userName"].lower(), self._clock(), new_id()
        with self._db.write() as tx:
            tx.take_turn(f"scim:user:{key}")
            _demand_free(tx, key, "")
            name = _claim(tx, document["userName"])
            tx.run(
                "INSERT INTO accounts_account (id, kind, name, name_key, skeleton, created_at)"
                " VALUES (:id, 'user', :name, :key, :skeleton, :at)",
                id=account_id, name=name, key=name_key(name), skeleton=skeleton(name), at=at,
            )  # fmt: skip
            record(tx, actor, "user.add", name, admin=False)
            self._keep(tx, actor, _row(tx, account_id), document)
            return _person(tx, account_id)

    def change(self, actor: Actor, account_id: str, edit: Edit) -> Person:
        """Make of a person's document what `edit` says. Raises NotFound, Forbidden, Conflict, and as `edit` does."""
        with self._db.write() as tx:
            tx.take_turn(f"scim:{account_id}")
            row = _row(tx, account_id)
            document = dict(edit(_person(tx, account_id)))
            _demand_ordinary(row)
            tx.take_turn(f"scim:user:{document['userName'].lower()}")
            _demand_free(tx, document["userName"].lower(), account_id)
            self._keep(tx, actor, row, document)
            return _person(tx, account_id)

    def remove(self, actor: Actor, account_id: str, demand: Callable[[Person], object]) -> None:
        """Shut the account for good; its repositories and its name stay. Raises NotFound, Forbidden."""
        with self._db.write() as tx:
            tx.take_turn(f"scim:{account_id}")
            row = _row(tx, account_id)
            demand(_person(tx, account_id))
            _demand_ordinary(row)
            if not row.disabled:
                shut(tx, actor, row.name, f"Deleted by the directory {actor.name}.", self._clock)
            forget(tx, actor, account_id, self._clock())
            tx.run(
                "INSERT INTO accounts_scim_user (account_id, document, created_at, updated_at)"
                " VALUES (:id, '{}', :at, :at) ON CONFLICT (account_id) DO UPDATE SET user_key = NULL,"
                " external_id = NULL, document = '{}', shut = 0, updated_at = :at",
                id=account_id, at=self._clock(),
            )  # fmt: skip

    def _keep(self, tx: Transaction, actor: Actor, row: Row, document: Mapping[str, Any]) -> None:
        active = document.get("active", True)
        tx.run(
            "INSERT INTO accounts_scim_user (account_id, user_key, external_id, document, created_at, updated_at)"
            " VALUES (:id, :key, :external, :document, :at, :at) ON CONFLICT (account_id) DO UPDATE SET"
            " user_key = :key, external_id = :external, document = :document, updated_at = :at",
            id=row.id, key=document["userName"].lower(), external=document.get("externalId"), at=self._clock(),
            document=msgspec.json.encode(document).decode(),
        )  # fmt: skip
        email = _email(document)
        if email is not None and holder_of(tx, email) not in {None, row.id}:
            email = None  # somebody else has shown that they read it
        tx.run(
            "UPDATE accounts_account SET full_name = :full, email = COALESCE(:email, email) WHERE id = :id",
            full=_full_name(document), email=email, id=row.id,
        )  # fmt: skip
        record(tx, actor, "scim.user", row.name, active=active)
        self._stand(tx, actor, row, active=active)

    def _stand(self, tx: Transaction, actor: Actor, row: Row, *, active: bool) -> None:
        if not active and not row.disabled:
            end_grants(tx, "account_id = :account", account=row.id)
            shut(tx, actor, row.name, f"Deactivated by the directory {actor.name}.", self._clock)
            tx.run("UPDATE accounts_scim_user SET shut = 1 WHERE account_id = :id", id=row.id)
        elif active and row.disabled:
            if not row.shut:
                raise Forbidden("Administrators of this hub have shut this account. Only they can let it in again.")
            reopen(tx, actor, row.name, f"Activated by the directory {actor.name}.")
            tx.run("UPDATE accounts_scim_user SET shut = 0 WHERE account_id = :id", id=row.id)
            settle(tx, actor, [row.id], self._clock())


def _row(tx: Transaction, account_id: str) -> Row:
    row = tx.first(f"{_SELECT}{_FROM} WHERE {_THERE} AND a.id = :id", id=account_id)
    if row is None:
        raise NotFound(f"There is no person with the id {account_id[:50]!r}.")
    return row


def _person(tx: Transaction, account_id: str) -> Person:
    return _people(tx, [_row(tx, account_id)])[0]


def _people(tx: Transaction, rows: Sequence[Row]) -> list[Person]:
    found = tx.within(
        "SELECT m.account_id, g.id, g.name FROM accounts_scim_member m JOIN accounts_scim_group g"
        " ON g.id = m.group_id WHERE m.account_id IN :values ORDER BY g.name_key",
        [row.id for row in rows],
    )
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in found:
        groups.setdefault(row.account_id, []).append((row.id, row.name))
    return [
        Person(
            row.id, row.name, _document(row), groups.get(row.id, []),
            row.linked_at or row.created_at, row.updated_at or row.created_at,
        )
        for row in rows
    ]  # fmt: skip


def _document(row: Row) -> dict[str, Any]:
    """What the directory wrote or, of somebody whom none has written about, what the hub knows."""
    if row.document is not None:
        kept = msgspec.json.decode(row.document, type=dict[str, Any])
        # Whoever may come in because nobody said otherwise is shown without the word, as they were written.
        return kept | ({"active": not row.disabled} if row.disabled or "active" in kept else {})
    document: dict[str, Any] = {"userName": row.name, "active": True}
    if row.full_name:
        document["displayName"] = row.full_name
    if row.email:
        document["emails"] = [{"value": row.email, "primary": True}]
    return document


def _demand_ordinary(row: Row) -> None:
    if row.is_admin:
        raise Forbidden(f"{row.name} administers this hub, and is not changed by a directory.")


def _demand_free(tx: Transaction, key: str, account_id: str) -> None:
    taken = tx.scalar(
        f"SELECT 1{_FROM} WHERE {_THERE}"
        " AND a.id <> :id AND (s.user_key = :key OR (s.account_id IS NULL AND a.name_key = :key))",
        id=account_id, key=key,
    )  # fmt: skip
    if taken:
        raise Conflict(f"There is somebody with the userName {key!r}. Look for them by a filter, then change them.")


def _full_name(document: Mapping[str, Any]) -> str:
    name = document.get("name") or {}
    parts = " ".join(part for part in (name.get("givenName"), name.get("familyName")) if part)
    return str(document.get("displayName") or name.get("formatted") or parts)[:200]


def _email(document: Mapping[str, Any]) -> str | None:
    emails = document.get("emails") or []
    chosen = next((one for one in emails if one.get("primary")), emails[0] if emails else None)
    return chosen["value"] if chosen else None


def _claim(tx: Transaction, user_name: str) -> str:
    """The first free account name that is like what stands before the `@`."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", user_name.partition("@")[0]).strip("-")[:80]
    plain = plain if is_name(plain) else "person"
    for name in (plain, *(f"{plain}-{number}" for number in range(2, 20)), f"{plain}-{secrets.token_hex(4)}"):
        try:
            return claim(tx, name)
        except (Conflict, InvalidName) as error:
            refused: HubError = error
    raise refused
