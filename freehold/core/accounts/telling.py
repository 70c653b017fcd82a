"""What people must hear about their accounts, queued in the transaction that does it; who tells them is above."""

from dataclasses import asdict, dataclass

from freehold.base.ids import new_id
from freehold.core.queue.queue import Queue
from freehold.stores.db.database import Transaction

TOLD = "account.told"
"""The job that tells one thing to one person."""


@dataclass(frozen=True, slots=True)
class Told:
    """One thing; `reason` is one of the inbox's, `because` says in Markdown what it means and what to do."""

    account_id: str
    reason: str
    title: str
    actor_name: str
    because: str


def tell(tx: Transaction, queue: Queue, told: Told) -> None:
    """Have it told if and only if `tx` commits."""
    queue.enqueue(tx, TOLD, {"event_id": new_id(), **asdict(told)})
