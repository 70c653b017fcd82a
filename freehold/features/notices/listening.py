"""Brings every event of the outbox to the webhooks that watch it and the people whom it concerns."""

from dataclasses import dataclass
from typing import Any

from freehold.core.queue.events import Event, event_of
from freehold.features.notices.deliveries import Deliveries
from freehold.features.notices.sight import Sight
from freehold.features.notices.telling import Telling


@dataclass(frozen=True, slots=True)
class Listening:
    """Does the job `event.happened`. Where nobody listens, that is one question to the database."""

    deliveries: Deliveries
    sight: Sight
    telling: Telling

    def happened(self, payload: dict[str, Any]) -> None:
        """Queue all that is to be sent; done twice, it queues nothing twice."""
        event = event_of(payload)
        self._to_programs(event)
        self.telling.tell(event)

    def _to_programs(self, event: Event) -> None:
        for webhook_id, account_id in self.deliveries.listeners(event):
            # Asked here too, so that no row is written of what its owner may not see.
            if self.sight.repo(account_id, event) is not None:
                self.deliveries.add(webhook_id, event)
