"""Pictures, films and sounds for comments: uploaded first, then shown by the comments that name them.

Whoever may see the repository of such a comment may see what it shows. Until then, and when the last such comment is
hidden or deleted, only its uploader may; after a day unused it is swept.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from freehold.base.clock import Clock, now
from freehold.base.errors import BadCredentials, Forbidden, Invalid, NotFound, QuotaExceeded, TooLarge
from freehold.base.faults import Fault
from freehold.base.ids import new_id
from freehold.base.streams import Buffer, Made, Unfinished
from freehold.core.accounts.access import visible_to
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.features.discussions.text import attachments_in
from freehold.stores.blobs.key import attachment_key
from freehold.stores.blobs.store import BlobStore
from freehold.stores.db.database import Database, Transaction
from freehold.wire.media import MEDIA, NEEDED, Medium, medium_of

LARGEST = {"image": 10_000_000, "audio": 10_000_000, "video": 50_000_000}
"""In bytes, by kind, as the Hub's clients say it."""
MOST_WAITING = 100
"""How many uploads of one account may wait for a comment."""
WAITS_S = 24 * 3600
"""How long what no comment shows is kept."""
SWEEP_EVERY_S = 3600


@dataclass(frozen=True, slots=True)
class Attachment:
    """One upload. `name` is the last part of its address."""

    id: str
    medium: Medium
    size: int

    @property
    def name(self) -> str:
        """`<id>.png`: its suffix says what its bytes are."""
        return f"{self.id}.{self.medium.suffix}"


class Attachments:
    """All of them. `quota` is how many bytes one account may have here; 0: no limit."""

    def __init__(self, db: Database, blobs: BlobStore, quota: int, clock: Clock = now) -> None:
        self._db, self._blobs, self._quota, self._clock = db, blobs, quota, clock

    def begin(self, actor: Actor) -> "IncomingAttachment":
        """Take in an upload. Raises BadCredentials, Forbidden, QuotaExceeded."""
        if actor.account_id is None:
            raise BadCredentials("Sign in to attach files to comments.")
        if not actor.may_write:
            raise Forbidden("This token may only read. Use a write token to attach files to comments.")
        with self._db.read() as tx:
            self._demand_room(tx, actor.account_id, 1)
        return IncomingAttachment(self, self._blobs, actor)

    def add(self, actor: Actor, attachment: Attachment) -> None:
        """Keep an upload whose bytes are durable. Raises QuotaExceeded."""
        account = str(actor.account_id)
        with self._db.write() as tx:
            # Many uploads at once would each find the same room.
            tx.take_turn(f"attachments:{account}")
            self._demand_room(tx, account, attachment.size)
            tx.run(
                "INSERT INTO discussions_attachment (id, account_id, suffix, size, created_at)"
                " VALUES (:id, :account, :suffix, :size, :now)",
                id=attachment.id, account=account, suffix=attachment.medium.suffix, size=attachment.size,
                now=self._clock(),
            )  # fmt: skip
            record(tx, actor, "attachment.upload", attachment.name, size=attachment.size)

    def find(self, actor: Actor, name: str) -> Attachment:
        """The attachment of that name. Raises NotFound if there is none, or it is not for the actor to see."""
        found = [one for one in self._visible(actor, [name.partition(".")[0]]) if one.name == name]
        if not found:
            raise NotFound("There is no such attachment.")
        return found[0]

    def named(self, actor: Actor, text: str) -> Sequence[str]:
        """The ids of those that `text` names by their addresses and that its author may see: nobody else's show."""
        ids = attachments_in(text)
        return [one.id for one in self._visible(actor, ids)] if ids else []

    def located(self, attachment: Attachment, start: int, stop: int) -> Made:
        """A span of its bytes; always by way of the hub, since a store's own link would outlive the permission."""
        return Made(stop - start, partial(self._blobs.pieces, attachment_key(attachment.id), start, stop))

    def chore(self, _payload: Mapping[str, Any]) -> None:
        """The job `attachments.sweep`."""
        self.sweep()

    def sweep(self) -> int:
        """Delete what is a day old and no comment shows, and bytes that no row names; how many."""
        before = self._clock() - WAITS_S * 1_000_000
        with self._db.read() as tx:
            old = tx.all(
                f"SELECT id FROM discussions_attachment a WHERE a.created_at < :before AND {_UNUSED}", before=before
            )
        return sum(self._delete_unused(row.id) for row in old) + self._delete_strays(before)

    def faults(self) -> Iterator[Fault]:
        """Rows whose bytes are not there, and uses of what is not there."""
        with self._db.read() as tx:
            rows = tx.all("SELECT id, suffix, size FROM discussions_attachment ORDER BY id")
            lost = tx.all(
                "SELECT u.attachment_id, u.event_id FROM discussions_use u"
                " WHERE NOT EXISTS (SELECT 1 FROM discussions_attachment a WHERE a.id = u.attachment_id)"
                " OR NOT EXISTS (SELECT 1 FROM discussions_event e WHERE e.id = u.event_id AND e.repo_id = u.repo_id)"
            )
        for row in rows:
            size = self._blobs.size(attachment_key(row.id))
            if size != row.size:
                what = "its bytes are lost" if size is None else f"it has {size} bytes instead of {row.size}"
                yield Fault("discussions", f"attachment {row.id}.{row.suffix}", what)
        for row in lost:
            problem = f"comment {row.event_id} shows it, and one of the two does not exist"
            yield Fault("discussions", f"attachment {row.attachment_id}", problem)

    def _visible(self, actor: Actor, ids: Sequence[str]) -> list[Attachment]:
        visible = visible_to(actor)
        used = (
            "SELECT 1 FROM discussions_use u JOIN repos_repo r ON r.id = u.repo_id"
            f" WHERE u.attachment_id = a.id AND {visible.sql}"
        )
        with self._db.read() as tx:
            rows = tx.within(
                "SELECT a.id, a.suffix, a.size FROM discussions_attachment a WHERE a.id IN :values"
                f" AND ((a.account_id = :me AND {_UNUSED}) OR EXISTS ({used}))",
                ids, me=actor.account_id or "", **visible.params,
            )  # fmt: skip
        return [Attachment(row.id, MEDIA[row.suffix], row.size) for row in rows]

    def _demand_room(self, tx: Transaction, account: str, coming: int) -> None:
        waiting = tx.scalar(
            f"SELECT count(*) FROM discussions_attachment a WHERE a.account_id = :account AND {_UNUSED}",
            account=account,
        )
        if waiting >= MOST_WAITING:
            raise QuotaExceeded(
                f"{waiting} of your uploads are shown by no comment, which is all that may wait. Name them in comments,"
                " or try again when they are swept, a day after they came."
            )
        sql = "SELECT coalesce(sum(size), 0) FROM discussions_attachment WHERE account_id = :account"
        used = int(tx.scalar(sql, account=account))
        if self._quota and used + coming > self._quota:
            raise QuotaExceeded(
                f"Your attachments may have {self._quota} bytes in all and have {used}; {coming} more do not fit. Hide"
                " comments that you no longer need, or put the file into a repository and link it."
            )

    def _delete_unused(self, attachment_id: str) -> int:
        with self._db.write() as tx:
            tx.take_turn(TURN)
            done = tx.run(f"DELETE FROM discussions_attachment AS a WHERE a.id = :id AND {_UNUSED}", id=attachment_id)
        if done.rowcount:
            self._blobs.delete(attachment_key(attachment_id))
        return int(done.rowcount)

    def _delete_strays(self, before: int) -> int:
        """Bytes whose upload, or whose deletion, did not come to its end."""
        listed = (key.path.partition("/")[2] for key, _ in self._blobs.keys("attachments"))
        old = [name for name in listed if int(name[:8], 16) < before // 1_000_000]
        with self._db.read() as tx:
            known = {row.id for row in tx.within("SELECT id FROM discussions_attachment WHERE id IN :values", old)}
        strays = [name for name in old if name not in known]
        for name in strays:
            self._blobs.delete(attachment_key(name))
        return len(strays)


TURN = "attachments"
"""Comments that show attachments, and the sweep, go one at a time: what is about to be shown is not swept."""

_UNUSED = "NOT EXISTS (SELECT 1 FROM discussions_use w WHERE w.attachment_id = a.id)"


class IncomingAttachment(Unfinished):
    """One upload on its way in. Leaving the block without `finish` leaves nothing behind."""

    def __init__(self, attachments: Attachments, blobs: BlobStore, actor: Actor) -> None:
        self._attachments, self._blobs, self._actor = attachments, blobs, actor
        self._id, self._size, self._head = new_id(), 0, b""
        self._writer = blobs.writer(attachment_key(self._id))

    def write(self, data: Buffer) -> None:
        """Append. Raises Invalid for what no comment can show, TooLarge."""
        if len(self._head) < NEEDED:
            self._head += bytes(data[: NEEDED - len(self._head)])
        self._size += len(data)
        if len(self._head) == NEEDED:
            self._medium()
        self._writer.write(data)

    def finish(self) -> Attachment:
        """Make the bytes durable, then the row. Raises Invalid, QuotaExceeded."""
        attachment = Attachment(self._id, self._medium(), self._size)
        self._writer.commit(attachment_key(self._id))
        try:
            self._attachments.add(self._actor, attachment)
        except QuotaExceeded:
            self._blobs.delete(attachment_key(self._id))
            raise
        return attachment

    def abort(self) -> None:
        """Forget what was received; harmless after `finish`."""
        self._writer.abort()

    def _medium(self) -> Medium:
        medium = medium_of(self._head)
        if medium is None:
            names = ", ".join(sorted(MEDIA)).upper()
            raise Invalid(f"The bytes are none of {names}. Put other files into the repository and link them.")
        if self._size > LARGEST[medium.kind]:
            raise TooLarge(
                f"An attached {medium.kind} has {LARGEST[medium.kind]} bytes at most. Put larger files into the"
                " repository and link them."
            )
        return medium
