"""The audit as people read it: the hub's, an organisation's or one's own, filtered and in pages."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from freehold.base.errors import Forbidden, Invalid, NotFound
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.names import name_key
from freehold.core.accounts.trail.rows import COLUMNS, read_row
from freehold.stores.db.database import Database
from freehold.wire.audit.lines import Line

_PORTION = 1000


@dataclass(frozen=True, slots=True)
class Filter:
    """Which lines; empty texts and None choose all. Times in microseconds, `until` is not included."""

    actor: str = ""
    action: str = ""
    """A whole word, or with a dot at its end all of its kind."""
    subject: str = ""
    """A whole subject, or what lies below it."""
    since: int | None = None
    until: int | None = None

    @classmethod
    def of(cls, *, actor: str = "", action: str = "", subject: str = "", since: str = "", until: str = "") -> "Filter":
        """From what people write; a day as `until` means its end. Raises Invalid."""
        texts = (actor.strip(), action.strip(), subject.strip().strip("/"))
        if any(len(text) > 300 or "\0" in text for text in texts):
            raise Invalid("What you look for is too long.")
        return cls(*texts, _moment(since), _moment(until, end=True))


@dataclass(frozen=True, slots=True)
class Page:
    """Lines, the newest first; `before` is where the next page begins, None on the last."""

    lines: list[Line]
    before: int | None


class Trail:
    """Who may read which lines; what it gives out is the permission to read them."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of_hub(self, actor: Actor | None = None) -> "View":
        """Every line, for administrators of the hub and, without an actor, for its operator."""
        if actor is not None and not (actor.is_admin and actor.may_write):
            raise Forbidden("Only administrators of this hub may read all of its audit.")
        return View(self._db, "1 = 1", {}, personal=True)

    def of_org(self, actor: Actor, org: str) -> "View":
        """What was done to an organisation and what is its, for its administrators. Raises NotFound, Forbidden."""
        with self._db.read() as tx:
            row = tx.first(
                "SELECT o.id, m.role FROM accounts_account o LEFT JOIN accounts_membership m"
                " ON m.org_id = o.id AND m.user_id = :who WHERE o.name_key = :key AND o.kind = 'org'",
                who=actor.account_id, key=name_key(org),
            )  # fmt: skip
        if row is None:
            raise NotFound(f"There is no organisation called {org!r}.")
        if why := actor.barred_from(row.id):
            raise Forbidden(why)
        if not actor.may_write or (row.role != "admin" and not actor.is_admin):
            raise Forbidden(f"Only administrators of {org} may read its audit.")
        where = "(namespace = :namespace OR subject = :account)"
        return View(self._db, where, {"namespace": name_key(org), "account": row.id}, personal=actor.is_admin)

    def of_person(self, actor: Actor) -> "View":
        """What somebody did, and what others did to them and what is theirs."""
        if actor.account_id is None or actor.scope is not None:
            raise Forbidden("Sign in to read what the audit says about you; a token for a few things does not do.")
        where = "(actor_id = :account OR namespace = :namespace OR subject = :account)"
        values = {"account": actor.account_id, "namespace": name_key(actor.name)}
        return View(self._db, where, values, personal=actor.is_admin, own=actor.account_id)


class View:
    """Lines that may be read; whereabouts are shown to administrators, and each person's own to that person."""

    def __init__(self, db: Database, where: str, values: dict[str, Any], *, personal: bool, own: str = "") -> None:
        self._db = db
        self._where, self._values = where, values
        self._personal, self._own = personal, own

    def page(self, chosen: Filter, limit: int, before: int | None = None) -> Page:
        """The newest lines before the line `before`."""
        found = self._lines(chosen, limit + 1, before)
        return Page(found[:limit], found[limit - 1].seq if len(found) > limit else None)

    def line(self, seq: int) -> Line:
        """One line. Raises NotFound where it is not there, or not to be read."""
        found = self._lines(Filter(), 1, seq + 1)
        if not found or found[0].seq != seq:
            raise NotFound("There is no such line among those that you may read.")
        return found[0]

    def export(self, chosen: Filter) -> Iterator[bytes]:
        """All lines of the filter as JSON Lines, the newest first."""
        before = None
        while lines := self._lines(chosen, _PORTION, before):
            for line in lines:
                yield msgspec.json.encode(line) + b"\n"
            before = lines[-1].seq

    def _lines(self, chosen: Filter, limit: int, before: int | None) -> list[Line]:
        conditions, values = _conditions(chosen)
        if before is not None:
            conditions.append("seq < :before")
            values["before"] = before
        where = " AND ".join([self._where, *conditions])
        with self._db.read() as tx:
            rows = tx.all(
                f"SELECT {COLUMNS} FROM accounts_audit WHERE {where} ORDER BY seq DESC LIMIT :limit",
                limit=limit, **values, **self._values,
            )  # fmt: skip
        return [self._shown(read_row(row)) for row in rows]

    def _shown(self, line: Line) -> Line:
        if self._personal or (self._own and line.actor_id == self._own):
            return line
        return msgspec.structs.replace(line, personal=None, salt=None)


def _conditions(chosen: Filter) -> tuple[list[str], dict[str, Any]]:
    values = {name: value for name, value in asdict(chosen).items() if value not in {"", None}}
    conditions = [_CONDITIONS[name] for name in values]
    if "actor" in values:
        values["actor"] = chosen.actor.lower()
    if chosen.action.endswith("."):
        conditions[conditions.index(_CONDITIONS["action"])] = f"substr(action, 1, {len(chosen.action)}) = :action"
    if "subject" in values:
        values |= {"below": f"{chosen.subject}/", "length": len(chosen.subject) + 1}
    return conditions, values


_CONDITIONS = {
    "actor": "lower(actor_name) = :actor",
    "action": "action = :action",
    "subject": "(subject = :subject OR substr(subject, 1, :length) = :below)",
    "since": "at >= :since",
    "until": "at < :until",
}


def _moment(text: str, *, end: bool = False) -> int | None:
    text = text.strip()
    if not text:
        return None
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(
            f"{text[:40]!r} is no time. Write a day, 2026-11-22, or a moment, 2026-11-22T10:00:00Z."
        ) from None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    if end and len(text) == len("2026-11-22"):
        when += timedelta(days=1)
    return int((when - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1))
