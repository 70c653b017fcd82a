"""Writes threads and events, inside a transaction of whoever calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from freehold.base.errors import Conflict, NotFound
from freehold.base.ids import new_id
from freehold.features.discussions.attachments import TURN
from freehold.features.discussions.text import numbers_in
from freehold.features.discussions.thread import Status
from freehold.stores.db.database import Transaction

MOST_EVENTS = 10_000
"""Of one thread: all are read to show it."""
MOST_EDITS = 200
"""Of one comment."""


@dataclass(frozen=True, slots=True)
class Place:
    """A thread, who acts in it, and when."""

    repo_id: str
    number: int
    author_id: str | None
    now: int

    @property
    def key(self) -> dict[str, Any]:
        """The thread's parameters."""
        return {"id": self.repo_id, "number": self.number}


@dataclass(frozen=True, slots=True)
class Said:
    """The text of a comment, the accounts that it mentions, and the uploads that it shows."""

    text: str
    mentioned: Sequence[str] = ()
    attachments: Sequence[str] = ()


def take_turn(tx: Transaction, repo_id: str) -> None:
    """One at a time writes the threads of a repository, since comments touch the threads that they mention.

    Whoever also locks the repository's row does so before.
    """
    tx.take_turn(f"discussions:{repo_id}")


def begin(tx: Transaction, at: Place, title: str, status: Status, *, is_pull: bool) -> None:
    """Add a thread without events."""
    tx.run(
        "INSERT INTO discussions_thread (repo_id, number, is_pull, title, status, author_id, created_at, updated_at)"
        " VALUES (:id, :number, :is_pull, :title, :status, :author, :now, :now)",
        is_pull=int(is_pull), title=title, status=status, author=at.author_id, now=at.now, **at.key,
    )  # fmt: skip


def add_event(tx: Transaction, at: Place, kind: str, data: Mapping[str, Any]) -> str:
    """Append an event that is no comment; its id."""
    return _append(tx, at, kind, data, None)


def add_comment(tx: Transaction, at: Place, said: Said) -> str:
    """Append a comment and tell the threads that it mentions; its id. Raises Conflict when the thread is full."""
    event_id = _append(tx, at, "comment", {}, said.text)
    _name(tx, at, event_id, said)
    return event_id


def edit_comment(tx: Transaction, at: Place, event_id: str, said: Said) -> None:
    """Replace a comment's text and keep the old one. Raises NotFound, Conflict when it is hidden."""
    old = _comment(tx, at, event_id)
    version = int(tx.scalar("SELECT count(*) FROM discussions_edit WHERE event_id = :event", event=event_id))
    if version >= MOST_EDITS:
        raise Conflict(f"A comment can be edited {MOST_EDITS} times. Write another one.")
    tx.run(
        "INSERT INTO discussions_edit (event_id, version, text, author_id, created_at)"
        " VALUES (:event, :version, :text, :author, :at)",
        event=event_id, version=version, text=old.text,
        author=old.editor_id if old.edited_at else old.author_id, at=old.edited_at or old.created_at,
    )  # fmt: skip
    tx.run(
        "UPDATE discussions_event SET text = :text, edited_at = :now, editor_id = :editor WHERE id = :event",
        text=said.text, now=at.now, editor=at.author_id, event=event_id,
    )  # fmt: skip
    tx.run("DELETE FROM discussions_mention WHERE event_id = :event", event=event_id)
    _name(tx, at, event_id, said)
    _touch(tx, at)


def hide_comment(tx: Transaction, at: Place, event_id: str) -> None:
    """Take a comment's text away for good, with what it said before. Raises NotFound, Conflict when it is hidden."""
    _comment(tx, at, event_id)
    sql = "UPDATE discussions_event SET text = NULL, hidden_at = :now WHERE id = :event"
    tx.run(sql, now=at.now, event=event_id)
    for table in _OF_EVENTS:
        tx.run(f"DELETE FROM {table} WHERE event_id = :event", event=event_id)
    tx.run("UPDATE discussions_thread SET comments = comments - 1 WHERE repo_id = :id AND number = :number", **at.key)
    _touch(tx, at)


def react(tx: Transaction, at: Place, event_id: str, emoji: str, *, on: bool) -> None:
    """Leave a sign under a comment, or take it back; either may be repeated. Raises NotFound, Conflict when hidden."""
    _comment(tx, at, event_id)
    where = {"event": event_id, "account": at.author_id, "emoji": emoji}
    if on:
        tx.run(
            "INSERT INTO discussions_reaction (event_id, account_id, emoji, created_at)"
            " VALUES (:event, :account, :emoji, :now) ON CONFLICT DO NOTHING",
            now=at.now, **where,
        )  # fmt: skip
    else:
        tx.run(
            "DELETE FROM discussions_reaction WHERE event_id = :event AND account_id = :account AND emoji = :emoji",
            **where,
        )


def rename(tx: Transaction, at: Place, title: str) -> str:
    """Give a thread another title; the old one."""
    sql = "SELECT title FROM discussions_thread WHERE repo_id = :id AND number = :number"
    old = str(tx.scalar(sql, **at.key))
    tx.run(f"UPDATE discussions_thread SET title = :title WHERE {_THREAD}", title=title, **at.key)
    return old


def change_status(tx: Transaction, at: Place, old: Status, new: Status) -> None:
    """Raises Conflict if the status is not `old` any more."""
    sql = f"UPDATE discussions_thread SET status = :new WHERE {_THREAD} AND status = :old"
    if not tx.run(sql, old=old, new=new, **at.key).rowcount:
        raise Conflict("Somebody else changed the status at this moment. Look again.")


def pin(tx: Transaction, at: Place, *, pinned: bool) -> bool:
    """Put a thread above the others, or back; whether that changed anything."""
    sql = f"UPDATE discussions_thread SET pinned = :pinned WHERE {_THREAD} AND pinned <> :pinned"
    return bool(tx.run(sql, pinned=int(pinned), **at.key).rowcount)


def forget(tx: Transaction, repo_id: str) -> None:
    """Remove every thread of a repository."""
    events = "(SELECT id FROM discussions_event WHERE repo_id = :id)"
    for table in _OF_EVENTS:
        tx.run(f"DELETE FROM {table} WHERE event_id IN {events}", id=repo_id)
    for table in ("discussions_event", "discussions_thread"):
        tx.run(f"DELETE FROM {table} WHERE repo_id = :id", id=repo_id)


_OF_EVENTS = ("discussions_edit", "discussions_mention", "discussions_reaction", "discussions_use")
_THREAD = "repo_id = :id AND number = :number"


def _append(tx: Transaction, at: Place, kind: str, data: Mapping[str, Any], text: str | None) -> str:
    row = tx.first(
        "UPDATE discussions_thread SET events = events + 1, comments = comments + :more, updated_at = :now"
        f" WHERE {_THREAD} RETURNING events - 1 AS place",
        more=int(kind == "comment"), now=at.now, **at.key,
    )  # fmt: skip
    if row is None:
        raise _missing(at)
    if row.place >= MOST_EVENTS and kind in ("comment", "title-change", "pinning-change"):
        raise Conflict(f"This discussion holds {MOST_EVENTS} entries, which is all it can. Open another one.")
    event_id = new_id()
    tx.run(
        "INSERT INTO discussions_event (id, repo_id, number, place, kind, author_id, created_at, data, text)"
        " VALUES (:event, :id, :number, :place, :kind, :author, :now, :data, :text)",
        event=event_id, place=row.place, kind=kind, author=at.author_id, now=at.now,
        data=msgspec.json.encode(data).decode(), text=text, **at.key,
    )  # fmt: skip
    return event_id


def _name(tx: Transaction, at: Place, event_id: str, said: Said) -> None:
    rows = [{"event": event_id, "account": account} for account in said.mentioned]
    tx.many("INSERT INTO discussions_mention (event_id, account_id) VALUES (:event, :account)", rows)
    _refer(tx, at, said.text)
    _show(tx, at, event_id, said.attachments)


def _show(tx: Transaction, at: Place, event_id: str, attachments: Sequence[str]) -> None:
    """From now on whoever may see the repository may see these, unless they were swept a moment ago."""
    if not attachments:
        return
    tx.take_turn(TURN)
    rows = tx.within("SELECT id FROM discussions_attachment WHERE id IN :values", attachments)
    tx.many(
        "INSERT INTO discussions_use (attachment_id, event_id, repo_id) VALUES (:attachment, :event, :repo)"
        " ON CONFLICT DO NOTHING",
        [{"attachment": row.id, "event": event_id, "repo": at.repo_id} for row in rows],
    )


def _refer(tx: Transaction, at: Place, text: str) -> None:
    """Say in each thread that `text` mentions where it was mentioned, once."""
    others = [number for number in numbers_in(text) if number != at.number]
    there = tx.within(
        "SELECT number FROM discussions_thread WHERE repo_id = :id AND number IN :values", others, id=at.repo_id
    )
    data = {"number": at.number}
    told = {
        row.number
        for row in tx.within(
            "SELECT number FROM discussions_event WHERE repo_id = :id AND kind = 'reference' AND data = :data"
            " AND number IN :values",
            others, id=at.repo_id, data=msgspec.json.encode(data).decode(),
        )
    }  # fmt: skip
    for row in there:
        if row.number not in told:
            add_event(tx, Place(at.repo_id, row.number, at.author_id, at.now), "reference", data)


def _comment(tx: Transaction, at: Place, event_id: str) -> Any:
    row = tx.first(
        "SELECT text, author_id, created_at, edited_at, editor_id, hidden_at FROM discussions_event"
        f" WHERE {_THREAD} AND id = :event AND kind = 'comment'",
        event=event_id, **at.key,
    )  # fmt: skip
    if row is None:
        raise NotFound(f"There is no such comment in discussion {at.number}.")
    if row.hidden_at is not None:
        raise Conflict("This comment is hidden; nothing can be done with it any more.")
    return row


def _touch(tx: Transaction, at: Place) -> None:
    tx.run(f"UPDATE discussions_thread SET updated_at = :now WHERE {_THREAD}", now=at.now, **at.key)


def _missing(at: Place) -> NotFound:
    return NotFound(f"There is no discussion or pull request {at.number} here.")
