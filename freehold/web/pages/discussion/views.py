"""What the page of a thread shows, as far as its visitor may see and do it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from freehold.base.errors import HubError, StorageFailed
from freehold.base.ids import Oid
from freehold.core.accounts.access import Right
from freehold.core.repos.entries import Commit
from freehold.core.repos.pulls import PlannedMerge, Pull
from freehold.core.repos.reader import RepoReader
from freehold.features.discussions.thread import OPEN, Event, Reaction, Thread, Version
from freehold.web.changes import Changes, changes_between
from freehold.web.comments import render_comment
from freehold.wire.git.refs import HEADS

MOST_SHOWN = 1000
"""Of a thread's entries, beside the one it was opened with: the newest."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A reaction; `mine`: the visitor left it, too."""

    reaction: Reaction
    mine: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry of a thread. The fields behind `data` are of comments; `raw` is empty unless the visitor may edit."""

    id: str
    kind: str
    author: str
    at: int
    data: Any
    html: str = ""
    raw: str = ""
    is_authors: bool = False
    """By whoever opened the thread."""
    edited_by: str = ""
    hidden: bool = False
    may_change: bool = False
    signs: Sequence[Sign] = ()
    earlier: Sequence[Version] = ()


@dataclass(frozen=True, slots=True)
class PullView:
    """The git side of a pull request. `plan` is None where it cannot be merged; `why` then says so, if anything."""

    base: str
    ref: str
    head: Oid
    merged: Oid | None
    plan: PlannedMerge | None
    why: str
    may_merge: bool
    commits: Sequence[Commit]


def shown(reader: RepoReader, thread: Thread, events: Sequence[Event], root: str) -> tuple[list[Shown], int]:
    """The entries, and how many of them are left out."""
    left_out = max(0, len(events) - MOST_SHOWN - 1)
    kept = [*events[:1], *events[1 + left_out :]]
    return [_shown(reader, thread, event, root) for event in kept], left_out


def _shown(reader: RepoReader, thread: Thread, event: Event, root: str) -> Shown:
    comment = event.comment
    if comment is None:
        return Shown(event.id, event.kind, event.author, event.at, event.data)
    mine = reader.right >= Right.PROPOSE and event.author_id == reader.actor.account_id
    may_change = (mine or reader.right >= Right.WRITE) and not comment.hidden
    text = comment.latest.text
    return Shown(
        event.id,
        event.kind,
        event.author,
        event.at,
        event.data,
        render_comment(root, reader.repo.repo_id, text, comment),
        text if may_change else "",
        event.author_id is not None and event.author_id == thread.author_id,
        comment.latest.author if comment.edited else "",
        comment.hidden,
        may_change,
        [Sign(one, reader.actor.name in one.people) for one in comment.reactions],
        comment.history,
    )


def pull_view(reader: RepoReader, thread: Thread) -> PullView:
    """The git side of a thread that is a pull request."""
    pull = reader.pull(thread.number)
    plan, why = _plan(reader, pull) if thread.status in OPEN else (None, "")
    merged = pull.merged.oid if pull.merged else None
    may_merge = reader.right >= Right.WRITE and thread.status == "open"
    base = pull.base.removeprefix(HEADS)
    return PullView(base, pull.ref, pull.head, merged, plan, why, may_merge, reader.pull_commits(pull))


def _plan(reader: RepoReader, pull: Pull) -> tuple[PlannedMerge | None, str]:
    try:
        return reader.merge_of(pull), ""
    except StorageFailed:
        raise
    except HubError as error:
        return None, error.message


def changes_of(reader: RepoReader, number: int) -> Changes | None:
    """What a pull request changes; None where its visitor may not see content."""
    if reader.closed:
        return None
    pull = reader.pull(number)
    return changes_between(reader, reader.pull_start(pull), pull.head)
