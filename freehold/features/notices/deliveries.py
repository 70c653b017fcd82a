"""Deliveries as rows: one for each webhook and event, tried until it is answered, kept for a while to be looked at."""

import json
from dataclasses import dataclass
from typing import Any

import msgspec

from freehold.base.clock import Clock, now
from freehold.base.errors import NotFound
from freehold.base.ids import new_id
from freehold.base.words import later
from freehold.core.queue.events import Event, event_of
from freehold.core.queue.queue import Queue
from freehold.features.notices.disabling import Disabling
from freehold.stores.db.database import Database, Transaction
from freehold.wire.hub.webhooks import KINDS

DELIVER = "webhook.deliver"
"""The job that makes one attempt."""

WAITS_S = (30, 120, 480, 1920, 7680, 30720)
"""How long after each failed attempt the next one comes; after the last the delivery is given up, half a day later."""

DAILY = 1000
"""So many events a day are sent for one webhook; the rest are counted and left out, as on the Hub."""

PATIENCE_MS = 60_000
"""So long the receivers of one account may keep the hub waiting …"""

PATIENCE_WINDOW_S = 300
"""… in so many seconds; what is more comes later, so that slow receivers do not hold up everybody's."""

KEPT_REQUEST = 16_384
"""How many characters of a request's body the log keeps."""

KEPT_S = 30 * 24 * 3600
"""How long a delivery can be looked at and replayed."""

_DAY = 24 * 3600 * 1_000_000
_SHOWN = (
    "d.id, d.webhook_id, e.event, d.state, d.attempts, d.request, d.status, d.answer, d.internal, d.error,"
    " d.duration_ms, d.created_at, d.tried_at"
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery as its log shows it; `state` is waiting, sent or failed."""

    id: str
    webhook_id: str
    event: Event
    state: str
    attempts: int
    request: str
    """The JSON body as it was last sent, cut at KEPT_REQUEST; empty before the first attempt."""
    status: int | None
    answer: str
    internal: bool
    """The answer came from a network that only the operator's setting opens: its body is not for everybody."""
    error: str
    duration_ms: int | None
    created_at: int
    tried_at: int | None


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery that is to be tried now, and what the attempt needs."""

    id: str
    webhook_id: str
    account_id: str
    url: str
    secret: str
    event: Event
    attempt: int
    """How many attempts were made before."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt ended; `status` None: nobody answered, `error` says why."""

    request: bytes
    status: int | None
    answer: bytes
    internal: bool
    error: str
    duration_ms: int

    @property
    def good(self) -> bool:
        """Whether the receiver has taken it."""
        return self.status is not None and 200 <= self.status < 300


class Deliveries:
    """Every delivery of every webhook."""

    def __init__(self, db: Database, queue: Queue, disabling: Disabling, clock: Clock = now) -> None:
        self._db = db
        self._queue = queue
        self._disabling = disabling
        self._clock = clock

    def listeners(self, event: Event) -> list[tuple[str, str]]:
        """The webhooks that watched it when it happened, each with its owner's account: one question to the rows."""
        domain = event.scope.partition(".")[0]
        targets = [event.repo.id]
        if event.repo.kind in KINDS:
            targets += [state.owner_id for state in (event.repo, event.moved_to) if state]
        with self._db.read() as tx:
            rows = tx.within(
                "SELECT DISTINCT w.id, w.account_id FROM notices_watch i JOIN notices_webhook w ON w.id = i.webhook_id"
                " WHERE w.disabled = 0 AND w.domains LIKE :domain AND w.created_at <= :at"
                " AND i.target_id IN :values",
                targets, domain=f"%{domain}%", at=event.at,
            )  # fmt: skip
        return [(row.id, row.account_id) for row in rows]

    def add(self, webhook_id: str, event: Event, replay: str = "") -> None:
        """Queue the first attempt; a repeat of the same changes nothing. Over the daily limit it is only counted."""
        with self._db.write() as tx:
            since = self._clock() - _DAY
            sql = "SELECT count(*) FROM notices_delivery WHERE webhook_id = :id AND created_at > :since"
            full = tx.scalar(sql, id=webhook_id, since=since) >= DAILY
            if full and not self._known(tx, webhook_id, event.id, replay):
                tx.run("UPDATE notices_webhook SET skipped = skipped + 1 WHERE id = :id", id=webhook_id)
                return
            delivery_id = new_id()
            tx.run(
                "INSERT INTO notices_event (id, event, created_at) VALUES (:id, :event, :now)"
                " ON CONFLICT (id) DO UPDATE SET created_at = :now",
                id=event.id, event=msgspec.json.encode(event).decode(), now=self._clock(),
            )  # fmt: skip
            added = tx.run(
                "INSERT INTO notices_delivery (id, webhook_id, event_id, replay, state, created_at)"
                " VALUES (:id, :webhook, :event_id, :replay, 'waiting', :now)"
                " ON CONFLICT (webhook_id, event_id, replay) DO NOTHING",
                id=delivery_id, webhook=webhook_id, event_id=event.id, replay=replay, now=self._clock(),
            )  # fmt: skip
            if added.rowcount:
                self._queue.enqueue(tx, DELIVER, {"delivery_id": delivery_id, "attempt": 0})

    def due(self, delivery_id: str, attempt: int) -> Due | None:
        """The delivery, if this very attempt is still to be made: a job that is done twice finds nothing."""
        with self._db.read() as tx:
            row = tx.first(
                "SELECT d.id, d.webhook_id, e.event, w.account_id, w.url, w.secret, w.disabled FROM notices_delivery d"
                " JOIN notices_webhook w ON w.id = d.webhook_id JOIN notices_event e ON e.id = d.event_id"
                " WHERE d.id = :id AND d.state = 'waiting' AND d.attempts = :attempt",
                id=delivery_id, attempt=attempt,
            )  # fmt: skip
        if row is None:
            return None
        if row.disabled:
            self._close(delivery_id, later("The webhook was disabled before this was sent."))
            return None
        return Due(row.id, row.webhook_id, row.account_id, row.url, row.secret, _event(row.event), attempt)

    def postpone_if_crowded(self, due: Due) -> bool:
        """Put the attempt off, without counting it, if the account's receivers have taken more than their time."""
        with self._db.read() as tx:
            spent = tx.scalar(
                "SELECT sum(d.duration_ms) FROM notices_webhook w JOIN notices_delivery d ON d.webhook_id = w.id"
                " WHERE w.account_id = :account AND d.tried_at > :since",
                account=due.account_id, since=self._clock() - PATIENCE_WINDOW_S * 1_000_000,
            )  # fmt: skip
        if (spent or 0) <= PATIENCE_MS:
            return False
        with self._db.write() as tx:
            again = {"delivery_id": due.id, "attempt": due.attempt}
            self._queue.enqueue(tx, DELIVER, again, delay_s=PATIENCE_WINDOW_S / 5)
        return True

    def record(self, due: Due, outcome: Outcome) -> None:
        """Write down how an attempt ended, and queue the next one if there is to be one."""
        last = due.attempt >= len(WAITS_S)
        state = "sent" if outcome.good else "failed" if last else "waiting"
        with self._db.write() as tx:
            changed = tx.run(
                "UPDATE notices_delivery SET state = :state, attempts = attempts + 1, request = :request,"
                " status = :status, answer = :answer, internal = :internal, error = :error, duration_ms = :duration,"
                " tried_at = :now WHERE id = :id AND state = 'waiting' AND attempts = :attempt",
                state=state, request=outcome.request.decode()[:KEPT_REQUEST], status=outcome.status,
                answer=_text(outcome.answer),
                internal=int(outcome.internal), error=outcome.error[:500], duration=outcome.duration_ms,
                now=self._clock(), id=due.id, attempt=due.attempt,
            )  # fmt: skip
            if not changed.rowcount:
                return
            if state == "waiting":
                again = {"delivery_id": due.id, "attempt": due.attempt + 1}
                self._queue.enqueue(tx, DELIVER, again, delay_s=WAITS_S[due.attempt])
            self._disabling.note(tx, due.webhook_id, good=outcome.good)

    def forget(self, delivery_id: str) -> None:
        """Drop a delivery without a trace: its owner may not see any more what it would tell."""
        with self._db.write() as tx:
            tx.run("DELETE FROM notices_delivery WHERE id = :id AND state = 'waiting'", id=delivery_id)

    def log(self, webhook_id: str, limit: int = 50) -> list[Delivery]:
        """The newest deliveries of a webhook, newest first. Its owner alone may be shown them."""
        with self._db.read() as tx:
            rows = tx.all(
                f"SELECT {_SHOWN} FROM notices_delivery d JOIN notices_event e ON e.id = d.event_id"
                " WHERE d.webhook_id = :id ORDER BY d.created_at DESC, d.id DESC LIMIT :limit",
                id=webhook_id, limit=limit,
            )  # fmt: skip
        return [_delivery(row) for row in rows]

    def replay(self, webhook_id: str, delivery_id: str) -> None:
        """Send the event of a delivery again, to where the webhook points now. Raises NotFound."""
        with self._db.read() as tx:
            event = tx.scalar(
                "SELECT e.event FROM notices_delivery d JOIN notices_event e ON e.id = d.event_id"
                " WHERE d.id = :id AND d.webhook_id = :webhook",
                id=delivery_id, webhook=webhook_id,
            )  # fmt: skip
        if event is None:
            raise NotFound("There is no such delivery any more.")
        self.add(webhook_id, _event(event), replay=new_id())

    def trim(self, _payload: dict[str, Any]) -> None:
        """The chore that lets go of old deliveries."""
        with self._db.write() as tx:
            before = self._clock() - KEPT_S * 1_000_000
            tx.run("DELETE FROM notices_delivery WHERE created_at < :before AND state <> 'waiting'", before=before)
            tx.run(
                "DELETE FROM notices_event WHERE created_at < :before AND NOT EXISTS"
                " (SELECT 1 FROM notices_delivery d WHERE d.event_id = notices_event.id)",
                before=before,
            )  # fmt: skip

    def _known(self, tx: Transaction, webhook_id: str, event_id: str, replay: str) -> bool:
        sql = "SELECT 1 FROM notices_delivery WHERE webhook_id = :id AND event_id = :event AND replay = :replay"
        return tx.first(sql, id=webhook_id, event=event_id, replay=replay) is not None

    def _close(self, delivery_id: str, error: str) -> None:
        with self._db.write() as tx:
            sql = "UPDATE notices_delivery SET state = 'failed', error = :error WHERE id = :id AND state = 'waiting'"
            tx.run(sql, error=error, id=delivery_id)


def _event(text: str) -> Event:
    return event_of(json.loads(text))


def _text(body: bytes) -> str:
    # PostgreSQL keeps no NUL in a text.
    return body.decode("utf-8", "replace").replace("\0", "\ufffd")


def _delivery(row: Any) -> Delivery:
    return Delivery(
        row.id, row.webhook_id, _event(row.event), row.state, row.attempts, row.request, row.status, row.answer,
        bool(row.internal), row.error, row.duration_ms, row.created_at, row.tried_at,
    )  # fmt: skip
