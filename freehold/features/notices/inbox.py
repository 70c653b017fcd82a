"""What people are told: one notice for each person and event, read or unread, mailed where mail is set up."""

from dataclasses import dataclass
from typing import Any

from freehold.base.clock import Clock, now
from freehold.base.errors import NotFound
from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.access import visible_to
from freehold.core.accounts.actor import Actor
from freehold.core.queue.queue import Queue
from freehold.stores.db.database import Database, Transaction

MAIL = "notice.mail"
"""The job that mails one notice."""

PLACES = {"token": "/settings/tokens", "organization": "/settings/organizations"}
"""Where one looks after a notice that is about no repository, by its reason; any other is about webhooks."""

LONGEST_EXCERPT = 4000
KEPT_DAYS = 365

_DAY = 24 * 3600 * 1_000_000
_COLUMNS = (
    "n.id, n.account_id, n.event_id, n.reason, n.title, n.actor_name, n.created_at, n.excerpt, n.repo_id,"
    " n.discussion_id, n.num, n.comment_id, n.path, n.read_at"
)


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing told to one person; `reason` is mention, reply, merge, opened, webhook, access, request, token or
    organization.
    """

    id: str
    account_id: str
    event_id: str
    reason: str
    title: str
    actor_name: str
    created_at: int
    excerpt: str = ""
    """The beginning of what was written, as Markdown."""
    repo_id: str | None = None
    """The row of the repository that it is about."""
    discussion_id: str | None = None
    num: int | None = None
    comment_id: str | None = None
    path: str = ""
    """Where on the web it is that this is about, if it is no repository."""
    read_at: int | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A notice and where its repository is now; None where it is about none. `left`: its reader left the discussion."""

    notice: Notice
    repo: RepoId | None
    left: bool = False


class Inbox:
    """Everybody's notices. With `mailing` each is also queued to be mailed."""

    def __init__(self, db: Database, queue: Queue, *, mailing: bool = False, clock: Clock = now) -> None:
        self._db = db
        self._queue = queue
        self._mailing = mailing
        self._clock = clock

    def add(self, tx: Transaction, notice: Notice) -> None:
        """Tell it, unless this person was told of this event before."""
        added = tx.run(
            "INSERT INTO notices_notice (id, account_id, event_id, reason, repo_id, discussion_id, num, comment_id,"
            " title, actor_name, excerpt, path, created_at) VALUES (:id, :account, :event, :reason, :repo, :discussion,"
            " :num, :comment, :title, :actor, :excerpt, :path, :at) ON CONFLICT (account_id, event_id) DO NOTHING",
            id=notice.id, account=notice.account_id, event=notice.event_id, reason=notice.reason, repo=notice.repo_id,
            discussion=notice.discussion_id, num=notice.num, comment=notice.comment_id, title=notice.title,
            actor=notice.actor_name, excerpt=notice.excerpt[:LONGEST_EXCERPT], path=notice.path, at=notice.created_at,
        )  # fmt: skip
        if added.rowcount and self._mailing:
            self._queue.enqueue(tx, MAIL, {"notice_id": notice.id})

    def of(self, actor: Actor, *, unread: bool = False, before: str = "", limit: int = 50) -> list[Listed]:
        """The actor's notices of what they may see now, newest first, from behind the one whose id is `before`."""
        seen = visible_to(actor)
        # Ids tell seconds apart, and what a person does at once is told of many times in one.
        later = (
            "AND (n.created_at, n.id) < (SELECT b.created_at, b.id FROM notices_notice b WHERE b.id = :before"
            " AND b.account_id = :account)"
            if before
            else ""
        )
        with self._db.read() as tx:
            rows = tx.all(
                f"SELECT {_COLUMNS}, r.kind, r.namespace, r.name, t.subscribed FROM notices_notice n"
                " LEFT JOIN repos_repo r ON r.id = n.repo_id LEFT JOIN notices_thread t"
                " ON t.discussion_id = n.discussion_id AND t.account_id = n.account_id WHERE n.account_id = :account"
                f" AND (n.repo_id IS NULL OR (r.id IS NOT NULL AND {seen.sql})) {later}"
                f" {'AND n.read_at IS NULL' if unread else ''} ORDER BY n.created_at DESC, n.id DESC LIMIT :limit",
                account=actor.account_id, limit=limit, **({"before": before} if before else {}), **seen.params,
            )  # fmt: skip
        return [Listed(_notice(row), _address(row), row.subscribed == 0) for row in rows]

    def by_id(self, notice_id: str) -> Notice | None:
        """A notice, for the hub itself."""
        with self._db.read() as tx:
            row = tx.first(f"SELECT {_COLUMNS} FROM notices_notice n WHERE n.id = :id", id=notice_id)
        return _notice(row) if row else None

    def own(self, actor: Actor, notice_id: str) -> Notice:
        """One of the actor's. Raises NotFound."""
        notice = self.by_id(notice_id)
        if notice is None or notice.account_id != actor.account_id:
            raise NotFound("There is no such notice.")
        return notice

    def mark(self, actor: Actor, notice_id: str | None, *, read: bool = True) -> None:
        """Mark one of the actor's notices, or (None) all, as read or unread."""
        where = "AND id = :id" if notice_id is not None else ""
        with self._db.write() as tx:
            tx.run(
                f"UPDATE notices_notice SET read_at = :at WHERE account_id = :account {where}",
                at=self._clock() if read else None, account=actor.account_id,
                **({"id": notice_id} if notice_id is not None else {}),
            )  # fmt: skip

    def waits_for_mail(self, notice_id: str) -> bool:
        """Whether it was not mailed yet."""
        with self._db.read() as tx:
            sql = "SELECT 1 FROM notices_notice WHERE id = :id AND mailed_at IS NULL"
            return tx.first(sql, id=notice_id) is not None

    def mailed(self, notice_id: str) -> None:
        """It was, or it never will be: it is not mailed again."""
        with self._db.write() as tx:
            tx.run("UPDATE notices_notice SET mailed_at = :at WHERE id = :id", at=self._clock(), id=notice_id)

    def trim(self) -> None:
        """Let go of what is more than a year old."""
        with self._db.write() as tx:
            tx.run("DELETE FROM notices_notice WHERE created_at < :before", before=self._clock() - KEPT_DAYS * _DAY)


def _notice(row: Any) -> Notice:
    return Notice(
        row.id, row.account_id, row.event_id, row.reason, row.title, row.actor_name, row.created_at, row.excerpt,
        row.repo_id, row.discussion_id, row.num, row.comment_id, row.path, row.read_at,
    )  # fmt: skip


def _address(row: Any) -> RepoId | None:
    return RepoId(RepoKind(row.kind), row.namespace, row.name) if row.kind else None
