"""Carries deliveries to their receivers: one attempt a job, with what its owner may see at that moment."""

import hashlib
import hmac
from dataclasses import dataclass
from time import monotonic
from typing import Any

from freehold.base.clock import Clock, now
from freehold.base.errors import Invalid, NotReached
from freehold.base.words import later
from freehold.features.notices.deliveries import Deliveries, Due, Outcome
from freehold.features.notices.payload import payload_of
from freehold.features.notices.sight import Sight
from freehold.stores.outbound.client import Outbound

KEPT_BYTES = 1024
"""How much of an answer's body is kept for the log."""


@dataclass(frozen=True, slots=True)
class Courier:
    """`base` is the hub's own address, for the links of the payload."""

    deliveries: Deliveries
    sight: Sight
    outbound: Outbound
    base: str
    clock: Clock = now

    def deliver(self, payload: dict[str, Any]) -> None:
        """The job `webhook.deliver {delivery_id, attempt}`; done twice, it shows the receiver one id twice."""
        due = self.deliveries.due(str(payload["delivery_id"]), int(payload["attempt"]))
        if due is None or self.deliveries.postpone_if_crowded(due):
            return
        repo = self.sight.repo(due.account_id, due.event)
        if repo is None:
            self.deliveries.forget(due.id)
            return
        body = payload_of(due.event, repo, due.webhook_id, self.base)
        self.deliveries.record(due, self._send(due, body))

    def _send(self, due: Due, body: bytes) -> Outcome:
        began = monotonic()
        try:
            answer = self.outbound.post(due.url, body, self._headers(due, body), most=KEPT_BYTES)
        except (Invalid, NotReached) as error:
            return Outcome(body, None, b"", False, error.message, _since(began))
        error_words = "" if 200 <= answer.status < 300 else _words(answer.status)
        return Outcome(body, answer.status, answer.body, answer.internal, error_words, _since(began))

    def _headers(self, due: Due, body: bytes) -> dict[str, str]:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "freehold-webhook/3",
            "X-Webhook-Delivery": due.id,
        }
        if due.secret:
            at = str(self.clock() // 1_000_000)
            signed = b".".join([due.id.encode(), at.encode(), body])
            mac = hmac.new(due.secret.encode(), signed, hashlib.sha256).hexdigest()
            headers |= {"X-Webhook-Secret": due.secret, "X-Webhook-Timestamp": at, "X-Webhook-Signature": f"v1={mac}"}
        return headers


def _since(began: float) -> int:
    return int((monotonic() - began) * 1000)


def _words(status: int) -> str:
    if 300 <= status < 400:
        return later("The receiver answered with a redirect, which is not followed. Enter the address it leads to.")
    return later(f"The receiver answered {status}.")
