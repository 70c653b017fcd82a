"""Switches off webhooks that have failed for days, and tells their owners."""

from dataclasses import dataclass

from freehold.base.clock import Clock, now
from freehold.base.ids import new_id
from freehold.base.words import later
from freehold.features.notices.inbox import Inbox, Notice
from freehold.stores.db.database import Transaction

FAILURES = 20
"""A webhook is disabled after so many failed attempts in a row …"""

DAYS = 3
"""… if the first of them lies so many days back."""

_DAY = 24 * 3600 * 1_000_000
BECAUSE = later(f"Disabled by the hub: nothing was taken for {DAYS} days. Mend the receiver, then enable it again.")


@dataclass(frozen=True, slots=True)
class Disabling:
    """Counts what fails."""

    inbox: Inbox
    clock: Clock = now

    def note(self, tx: Transaction, webhook_id: str, *, good: bool) -> None:
        """Take an attempt into account, in the transaction that writes it down."""
        if good:
            sql = "UPDATE notices_webhook SET failures = 0, failing_since = NULL WHERE id = :id AND failures > 0"
            tx.run(sql, id=webhook_id)
            return
        tx.run(
            "UPDATE notices_webhook SET failures = failures + 1, failing_since = COALESCE(failing_since, :now)"
            " WHERE id = :id",
            now=self.clock(), id=webhook_id,
        )  # fmt: skip
        row = tx.first(
            "UPDATE notices_webhook SET disabled = 1, disabled_because = :because WHERE id = :id AND disabled = 0"
            " AND failures >= :failures AND failing_since <= :before RETURNING account_id, url",
            because=BECAUSE, id=webhook_id, failures=FAILURES, before=self.clock() - DAYS * _DAY,
        )  # fmt: skip
        if row is not None:
            self._tell(tx, row.account_id, row.url)

    def _tell(self, tx: Transaction, account_id: str, url: str) -> None:
        place = url.partition("?")[0]
        title = later(f"Your webhook to {place} was disabled")
        self.inbox.add(tx, Notice(new_id(), account_id, new_id(), "webhook", title, "freehold", self.clock(), BECAUSE))
