"""Puts what people must hear about their accounts into their inboxes."""

from dataclasses import dataclass
from typing import Any

from freehold.base.clock import Clock, now
from freehold.base.ids import new_id
from freehold.core.accounts.telling import Told
from freehold.features.notices.inbox import Inbox, Notice
from freehold.stores.db.database import Database


@dataclass(frozen=True, slots=True)
class AccountNotices:
    """The handler of the job `account.told`."""

    db: Database
    inbox: Inbox
    clock: Clock = now

    def tell(self, payload: dict[str, Any]) -> None:
        """One notice, however often the job is done."""
        event_id, told = payload["event_id"], Told(**{key: payload[key] for key in payload if key != "event_id"})
        with self.db.write() as tx:
            self.inbox.add(
                tx,
                Notice(
                    new_id(), told.account_id, event_id, told.reason, told.title, told.actor_name, self.clock(),
                    told.because,
                ),
            )  # fmt: skip
