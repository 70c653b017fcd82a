"""Discussions and pull requests: whoever reads a repository may read and take part, writers keep order.

What concerns git lies below, in `core/repos`; this room is told of it in the same transactions.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from freehold.base.clock import Clock, now
from freehold.base.errors import Conflict, Forbidden, Invalid
from freehold.base.ids import Oid
from freehold.core.accounts.access import Right
from freehold.core.accounts.actor import SYSTEM, Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.people import People
from freehold.core.queue.events import Change
from freehold.core.queue.queue import Queue
from freehold.core.repos.community import Landed, NewPull
from freehold.core.repos.merging import MergeRequest
from freehold.core.repos.reader import RepoReader
from freehold.core.repos.repo import Repo
from freehold.core.repos.writer import RepoWriter
from freehold.features.discussions import journal
from freehold.features.discussions.attachments import Attachments
from freehold.features.discussions.journal import Place, Said
from freehold.features.discussions.reading import Query, count_threads, find_events, find_thread, list_threads
from freehold.features.discussions.telling import Teller, Told
from freehold.features.discussions.text import (
    LONGEST_TEXT,
    LONGEST_TITLE,
    checked_text,
    checked_title,
    people_in,
)
from freehold.features.discussions.thread import REACTIONS, Event, Status, Thread
from freehold.stores.db.database import Database, Transaction


class Discussions:
    """Every thread of every repository, reached by holding a reader or a writer (a proposer is enough) of one."""

    def __init__(
        self, db: Database, people: People, queue: Queue, attachments: Attachments, clock: Clock = now
    ) -> None:
        self._db = db
        self._teller = Teller(queue)
        self._people = people
        self.attachments = attachments
        self._clock = clock

    # What repositories tell (core/repos/community).

    def pull_opened(self, tx: Transaction, actor: Actor, repo: Repo, pull: NewPull) -> None:
        """A pull request got its ref: its thread begins. Commits' summaries may be longer than titles: cut."""
        at = Place(repo.id, pull.number, actor.account_id, self._clock())
        text = _kept(pull.description)[:LONGEST_TEXT].strip("\n")
        journal.take_turn(tx, repo.id)
        title = " ".join(_kept(pull.title).split())[:LONGEST_TITLE]
        journal.begin(tx, at, title, "draft" if pull.draft else "open", is_pull=True)
        journal.add_comment(tx, at, self._said(actor, text))
        record(tx, actor, "pull.open", repo.repo_id.path, number=pull.number)
        self._tell_opened(tx, actor, repo, pull.number, pull.base)

    def pull_grew(self, tx: Transaction, actor: Actor, repo: Repo, number: int, commits: Sequence[Landed]) -> None:
        """Commits were added to a pull request: each is an event."""
        at = Place(repo.id, number, actor.account_id, self._clock())
        journal.take_turn(tx, repo.id)
        for commit in commits:
            data = {"subject": _kept(commit.title)[:LONGEST_TITLE], "oid": commit.oid}
            journal.add_event(tx, at, "commit", data)

    def forget(self, tx: Transaction, repo_id: str) -> None:
        """A repository is deleted, and all that was said about it."""
        journal.take_turn(tx, repo_id)
        journal.forget(tx, repo_id)

    def open_threads(self, repo_id: str) -> int:
        """How many discussions and pull requests are open."""
        with self._db.read() as tx:
            return count_threads(tx, repo_id, Query(status="open"))

    # Reading.

    def threads(self, reader: RepoReader, query: Query) -> tuple[Sequence[Thread], int]:
        """A page of threads, newest first, and how many there are in all."""
        with self._db.read() as tx:
            return list_threads(tx, reader.repo.id, query, self._people.names)

    def count(self, reader: RepoReader, query: Query) -> int:
        """How many threads fit."""
        with self._db.read() as tx:
            return count_threads(tx, reader.repo.id, query)

    def thread(self, reader: RepoReader, number: int) -> Thread:
        """One thread. Raises NotFound."""
        with self._db.read() as tx:
            return find_thread(tx, reader.repo.id, number, self._people.names)

    def events(self, reader: RepoReader, number: int) -> Sequence[Event]:
        """All that happened in a thread, oldest first; the first is the comment it was opened with."""
        with self._db.read() as tx:
            return find_events(tx, reader.repo.id, number, self._people.names)

    def event(self, reader: RepoReader, number: int, event_id: str) -> Event:
        """One event of a thread."""
        with self._db.read() as tx:
            return find_events(tx, reader.repo.id, number, self._people.names, event_id)[0]

    # Taking part.

    def open(self, writer: RepoWriter, title: str, text: str) -> Thread:
        """Open a discussion. Raises Invalid, TooLarge."""
        title, text = checked_title(title), checked_text(text, may_be_empty=True)
        said = self._said(writer.actor, text)
        with self._db.write() as tx:
            number = writer.new_number(tx)
            at = Place(writer.repo.id, number, writer.actor.account_id, self._clock())
            journal.take_turn(tx, writer.repo.id)
            journal.begin(tx, at, title, "open", is_pull=False)
            journal.add_comment(tx, at, said)
            record(tx, writer.actor, "discussion.open", writer.repo.repo_id.path, number=number)
            self._tell_opened(tx, writer.actor, writer.repo, number, None)
        return self.thread(writer, number)

    def open_pull(self, writer: RepoWriter, title: str, text: str) -> Thread:
        """Open a pull request without changes, a draft; it is pushed or committed to afterwards."""
        number = writer.draft_pull(checked_title(title), checked_text(text, may_be_empty=True))
        return self.thread(writer, number)

    def comment(self, writer: RepoWriter, number: int, text: str) -> Event:
        """Say something. Raises NotFound, Invalid, TooLarge, Conflict (the thread is full)."""
        said = self._said(writer.actor, checked_text(text))
        with self._acting(writer, number) as (tx, at):
            event_id = journal.add_comment(tx, at, said)
            self._record(tx, writer, "discussion.comment", number, comment=event_id)
            self._tell_comment(tx, writer, number, event_id)
        return self.event(writer, number, event_id)

    def edit(self, writer: RepoWriter, number: int, event_id: str, text: str) -> Event:
        """Change a comment of one's own, or as a writer anybody's; earlier versions stay to be seen."""
        said = self._said(writer.actor, checked_text(text))
        with self._acting(writer, number) as (tx, at):
            self._demand_own_comment(tx, writer, number, event_id)
            journal.edit_comment(tx, at, event_id, said)
            self._record(tx, writer, "discussion.edit", number, comment=event_id)
            self._tell_comment(tx, writer, number, event_id, "edit")
        return self.event(writer, number, event_id)

    def hide(self, writer: RepoWriter, number: int, event_id: str) -> Event:
        """Take a comment's text away for good: one's own, or as a writer anybody's."""
        with self._acting(writer, number) as (tx, at):
            self._demand_own_comment(tx, writer, number, event_id)
            journal.hide_comment(tx, at, event_id)
            self._record(tx, writer, "discussion.hide", number, comment=event_id)
            self._tell_comment(tx, writer, number, event_id, "hide")
        return self.event(writer, number, event_id)

    def react(self, writer: RepoWriter, number: int, event_id: str, emoji: str, *, on: bool) -> Event:
        """Leave a sign under a comment, or take it back. Raises Invalid for one that is not on offer."""
        if emoji not in REACTIONS:
            raise Invalid(f"A reaction is one of {' '.join(REACTIONS)}.")
        with self._acting(writer, number) as (tx, at):
            journal.react(tx, at, event_id, emoji, on=on)
        return self.event(writer, number, event_id)

    def let_go(self, payload: Mapping[str, Any]) -> None:
        """Take away the signs of an account that was closed: the job `account.closed {account_id}`; repeatable."""
        who = str(payload["account_id"])
        with self._db.write() as tx:
            gone = tx.run("DELETE FROM discussions_reaction WHERE account_id = :who", who=who).rowcount
            if gone:
                record(tx, SYSTEM, "discussion.unreact", who, closed=True, signs=gone)

    # Keeping order.

    def rename(self, writer: RepoWriter, number: int, title: str) -> Event:
        """Give a thread of one's own, or as a writer any, another title."""
        title = checked_title(title)
        with self._acting(writer, number) as (tx, at):
            self._demand_own(tx, writer, number)
            old = journal.rename(tx, at, title)
            event_id = journal.add_event(tx, at, "title-change", {"from": old, "to": title})
            self._record(tx, writer, "discussion.rename", number)
            self._teller.changed(tx, self._told(tx, writer, number), "title")
        return self.event(writer, number, event_id)

    def set_status(self, writer: RepoWriter, number: int, status: str, comment: str = "") -> Event:
        """Close or (re)open a thread of one's own, or as a writer any, perhaps with a last word.

        A draft is opened when it is ready. Raises Invalid, Conflict where nothing would change, Forbidden.
        """
        last = self._said(writer.actor, checked_text(comment, may_be_empty=True))
        with self._acting(writer, number) as (tx, at):
            thread = self._demand_own(tx, writer, number)
            new = _next_status(thread, status)
            said = journal.add_comment(tx, at, last) if last.text.strip() else ""
            journal.change_status(tx, at, thread.status, new)
            event_id = journal.add_event(tx, at, "status-change", {"status": new})
            self._record(tx, writer, "discussion.status", number, status=new)
            if said:
                self._tell_comment(tx, writer, number, said)
            self._teller.changed(tx, self._told(tx, writer, number), "status")
        return self.event(writer, number, event_id)

    def merge(
        self, writer: RepoWriter, number: int, *, comment: str = "", squash: bool = False, head: Oid | None = None
    ) -> Event:
        """Merge an open pull request; `head` is its last commit as the caller has seen it.

        Raises what `RepoWriter.merge_pull` raises, and Conflict for drafts and closed ones.
        """
        if writer.right < Right.WRITE:
            raise Forbidden("Only those who may write to this repository can merge its pull requests.")
        last = self._said(writer.actor, checked_text(comment, may_be_empty=True))
        thread = self.thread(writer, number)
        _demand_open(thread)
        event_id = ""

        def also(tx: Transaction, oid: Oid) -> None:
            nonlocal event_id
            at = Place(writer.repo.id, number, writer.actor.account_id, self._clock())
            journal.take_turn(tx, writer.repo.id)
            said = journal.add_comment(tx, at, last) if last.text.strip() else ""
            journal.change_status(tx, at, "open", "merged")
            event_id = journal.add_event(tx, at, "status-change", {"status": "merged", "mergeCommitId": oid})
            self._record(tx, writer, "discussion.status", number, status="merged", commit=oid)
            if said:
                self._tell_comment(tx, writer, number, said)
            self._teller.changed(tx, self._told(tx, writer, number, oid), "merge")

        writer.merge_pull(number, MergeRequest(_message(thread, squash=squash), squash, head), also)
        return self.event(writer, number, event_id)

    def pin(self, writer: RepoWriter, number: int, *, pinned: bool) -> Thread:
        """Keep a thread above the others, or no longer. Writers may."""
        if writer.right < Right.WRITE:
            raise Forbidden("Only those who may write to this repository can pin its discussions.")
        with self._acting(writer, number) as (tx, at):
            find_thread(tx, writer.repo.id, number, self._people.names)
            if journal.pin(tx, at, pinned=pinned):
                journal.add_event(tx, at, "pinning-change", {"pinned": pinned})
                self._record(tx, writer, "discussion.pin", number, pinned=pinned)
                self._teller.changed(tx, self._told(tx, writer, number), "pin")
        return self.thread(writer, number)

    @contextmanager
    def _acting(self, writer: RepoWriter, number: int) -> Iterator[tuple[Transaction, Place]]:
        """A transaction in which this is the only one to write threads of the repository."""
        if writer.right < Right.PROPOSE or writer.actor.account_id is None:
            raise Forbidden("Sign in to take part in this discussion.")
        with self._db.write() as tx:
            journal.take_turn(tx, writer.repo.id)
            yield tx, Place(writer.repo.id, number, writer.actor.account_id, self._clock())

    def _demand_own(self, tx: Transaction, writer: RepoWriter, number: int) -> Thread:
        thread = find_thread(tx, writer.repo.id, number, self._people.names)
        if writer.right < Right.WRITE and thread.author_id != writer.actor.account_id:
            raise Forbidden("Only its author and those who may write to this repository can do this.")
        return thread

    def _demand_own_comment(self, tx: Transaction, writer: RepoWriter, number: int, event_id: str) -> None:
        found = find_events(tx, writer.repo.id, number, self._people.names, event_id)
        if found and writer.right < Right.WRITE and found[0].author_id != writer.actor.account_id:
            raise Forbidden("Only its author and those who may write to this repository can change a comment.")

    def _told(self, tx: Transaction, writer: RepoWriter, number: int, oid: Oid | None = None) -> Told:
        thread = find_thread(tx, writer.repo.id, number, self._people.names)
        pull = writer.pull(number) if thread.is_pull else None
        merged = oid or (pull.merged.oid if pull and pull.merged else None)
        return Told(writer.actor, writer.repo, thread, pull.base if pull else None, merged)

    def _tell_opened(self, tx: Transaction, actor: Actor, repo: Repo, number: int, base: str | None) -> None:
        thread = find_thread(tx, repo.id, number, self._people.names)
        first = find_events(tx, repo.id, number, self._people.names)[0]
        names = people_in(first.comment.latest.text) if first.comment else []
        self._teller.opened(tx, Told(actor, repo, thread, base), first, names)

    def _tell_comment(
        self, tx: Transaction, writer: RepoWriter, number: int, event_id: str, change: Change = ""
    ) -> None:
        event = find_events(tx, writer.repo.id, number, self._people.names, event_id)[0]
        names = people_in(event.comment.latest.text) if event.comment else []
        if change == "edit" and event.comment:
            before = set(people_in(event.comment.history[-1].text))
            names = [name for name in names if name not in before]
        self._teller.commented(tx, self._told(tx, writer, number), event, names, change)

    def _said(self, actor: Actor, text: str) -> Said:
        names = people_in(text)
        return Said(text, list(self._people.named(names)) if names else [], self.attachments.named(actor, text))

    def _record(self, tx: Transaction, writer: RepoWriter, action: str, number: int, **detail: object) -> None:
        record(tx, writer.actor, action, writer.repo.repo_id.path, number=number, **detail)


def _next_status(thread: Thread, asked: str) -> Status:
    """Raises Invalid for what nobody can ask for, Conflict where it is so already."""
    if asked not in ("open", "closed"):
        raise Invalid("A status is `open` or `closed`; a pull request is merged by merging it.")
    if thread.status == "merged":
        raise Conflict(f"Pull request {thread.number} is merged: that cannot be undone. Open another one.")
    if thread.status == asked:
        raise Conflict(f"It is {asked} already.")
    return "open" if asked == "open" else "closed"


def _demand_open(thread: Thread) -> None:
    if not thread.is_pull:
        raise Invalid(f"{thread.number} is a discussion, not a pull request: there is nothing to merge.")
    if thread.status == "draft":
        raise Conflict(f"Pull request {thread.number} is a draft. Open it (set its status to `open`), then merge it.")
    if thread.status != "open":
        raise Conflict(f"Pull request {thread.number} is {thread.status}.")


def _message(thread: Thread, *, squash: bool) -> str:
    if squash:
        return f"{thread.title} (#{thread.number})"
    return f"Merge pull request #{thread.number}: {thread.title}"


def _kept(text: str) -> str:
    """What comes from commits, without the characters that no text can hold."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
