"""Reads threads and events from the database; whoever calls holds a reader of the repository."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from freehold.base.errors import NotFound
from freehold.features.discussions.thread import (
    CLOSED,
    DELETED,
    OPEN,
    Comment,
    Event,
    Reaction,
    Thread,
    Version,
)
from freehold.stores.db.database import Transaction

Names = Callable[[Collection[str]], Mapping[str, str]]
"""What accounts are called, by their ids."""

_THREAD = "repo_id, number, is_pull, title, status, author_id, pinned, comments, created_at, updated_at"
_EVENT = "id, number, kind, author_id, created_at, data, text, edited_at, editor_id, hidden_at"


@dataclass(frozen=True, slots=True)
class Query:
    """Which threads: of a kind (None: both), open (with drafts) or closed (with merged), by one author."""

    kind: Literal["discussion", "pull"] | None = None
    status: Literal["open", "closed"] | None = None
    author_id: str | None = None
    pinned_first: bool = False
    start: int = 0
    limit: int = 50


def list_threads(tx: Transaction, repo_id: str, query: Query, names: Names) -> tuple[list[Thread], int]:
    """The page of threads that `query` asks for, newest first, and how many there are in all."""
    where, params = _where(repo_id, query)
    order = "pinned DESC, number DESC" if query.pinned_first else "number DESC"
    rows = tx.all(
        f"SELECT {_THREAD} FROM discussions_thread WHERE {where} ORDER BY {order} LIMIT :limit OFFSET :start",
        limit=query.limit, start=query.start, **params,
    )  # fmt: skip
    known = names({row.author_id for row in rows if row.author_id})
    return [_thread(row, known) for row in rows], count_threads(tx, repo_id, query)


def count_threads(tx: Transaction, repo_id: str, query: Query) -> int:
    """How many threads fit."""
    where, params = _where(repo_id, query)
    return int(tx.scalar(f"SELECT count(*) FROM discussions_thread WHERE {where}", **params))


def find_thread(tx: Transaction, repo_id: str, number: int, names: Names) -> Thread:
    """One thread. Raises NotFound."""
    sql = f"SELECT {_THREAD} FROM discussions_thread WHERE repo_id = :id AND number = :number"
    row = tx.first(sql, id=repo_id, number=number)
    if row is None:
        raise NotFound(f"There is no discussion or pull request {number} here.")
    return _thread(row, names([row.author_id] if row.author_id else []))


def find_events(tx: Transaction, repo_id: str, number: int, names: Names, only: str | None = None) -> list[Event]:
    """What happened in a thread, in order; with `only` (an id) that one event, if it is of this thread."""
    one = " AND id = :only" if only is not None else ""
    rows = tx.all(
        f"SELECT {_EVENT} FROM discussions_event WHERE repo_id = :id AND number = :number{one} ORDER BY place",
        id=repo_id, number=number, **({} if only is None else {"only": only}),
    )  # fmt: skip
    ids = [row.id for row in rows if row.kind == "comment"]
    edits = _by_event(tx, "SELECT * FROM discussions_edit WHERE event_id IN :values ORDER BY version", ids)
    mentions = _by_event(tx, "SELECT * FROM discussions_mention WHERE event_id IN :values", ids)
    sql = "SELECT * FROM discussions_reaction WHERE event_id IN :values ORDER BY created_at, account_id"
    reactions = _by_event(tx, sql, ids)
    people = {row.author_id for row in rows} | {row.editor_id for row in rows}
    people |= {row.author_id for group in edits.values() for row in group}
    people |= {row.account_id for rest in (mentions, reactions) for group in rest.values() for row in group}
    known = names({person for person in people if person})
    sql = (
        "SELECT u.event_id, a.id, a.suffix FROM discussions_use u JOIN discussions_attachment a"
        " ON a.id = u.attachment_id WHERE u.event_id IN :values ORDER BY a.id"
    )
    uses = _by_event(tx, sql, ids)
    return [_event(row, known, _Of(edits[row.id], mentions[row.id], reactions[row.id], uses[row.id])) for row in rows]


def _where(repo_id: str, query: Query) -> tuple[str, dict[str, Any]]:
    words = ["repo_id = :id"]
    params: dict[str, Any] = {"id": repo_id}
    if query.kind is not None:
        words.append("is_pull = :is_pull")
        params["is_pull"] = int(query.kind == "pull")
    if query.status is not None:
        first, second = OPEN if query.status == "open" else CLOSED
        words.append("status IN (:first, :second)")
        params |= {"first": first, "second": second}
    if query.author_id is not None:
        words.append("author_id = :author")
        params["author"] = query.author_id
    return " AND ".join(words), params


def _by_event(tx: Transaction, sql: str, ids: Sequence[str]) -> defaultdict[str, list[Any]]:
    groups: defaultdict[str, list[Any]] = defaultdict(list)
    for row in tx.within(sql, ids):
        groups[row.event_id].append(row)
    return groups


def _thread(row: Any, names: Mapping[str, str]) -> Thread:
    return Thread(
        row.repo_id, row.number, bool(row.is_pull), row.title, row.status, row.author_id,
        names.get(row.author_id, DELETED), bool(row.pinned), row.comments, row.created_at, row.updated_at,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Of:
    """The rows that belong to one comment."""

    edits: Sequence[Any]
    named: Sequence[Any]
    signs: Sequence[Any]
    shown: Sequence[Any]


def _event(row: Any, names: Mapping[str, str], of: _Of) -> Event:
    comment = _comment(row, names, of) if row.kind == "comment" else None
    data = msgspec.json.decode(row.data, type=dict[str, Any])
    author = names.get(row.author_id, DELETED)
    return Event(row.id, row.number, row.kind, row.author_id, author, row.created_at, data, comment)


def _comment(row: Any, names: Mapping[str, str], of: _Of) -> Comment:
    editor = row.editor_id if row.edited_at else row.author_id
    latest = Version(row.text or "", names.get(editor, DELETED), row.edited_at or row.created_at)
    history = [Version(edit.text, names.get(edit.author_id, DELETED), edit.created_at) for edit in of.edits]
    by_emoji: dict[str, list[str]] = {}
    for sign in of.signs:
        by_emoji.setdefault(sign.emoji, []).append(names.get(sign.account_id, DELETED))
    return Comment(
        latest,
        edited=row.edited_at is not None,
        hidden=row.hidden_at is not None,
        history=history,
        mentions=sorted(names[one.account_id] for one in of.named if one.account_id in names),
        reactions=[Reaction(emoji, people) for emoji, people in by_emoji.items()],
        attachments=[f"{one.id}.{one.suffix}" for one in of.shown],
    )
