"""A person's webhooks: made, changed, switched off and on, deleted."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.base.errors import Invalid, NotBuilt
from freehold.features.notices.webhooks import Item, Webhook, Webhooks
from freehold.protocols.hub.answer import json
from freehold.protocols.hub.repositories import signed_in
from freehold.wire.hub import webhooks as wire

HIDDEN = "********"
"""Stands for a secret that is set; sent back in an update it leaves the secret as it is."""

_JOBS = "This hub does not run jobs yet. Give the webhook a url."


@dataclass(frozen=True, slots=True)
class WebhookEndpoints:
    """`/api/settings/webhooks`."""

    webhooks: Webhooks

    def all(self, request: Request) -> Response:
        """`GET`: a bare list."""
        return json([_info(hook) for hook in self.webhooks.of(signed_in(request))])

    def one(self, request: Request) -> Response:
        """`GET /{id}`."""
        return _answer(self.webhooks.get(signed_in(request), _id(request)))

    def create(self, request: Request, body: wire.CreateWebhook) -> Response:
        """`POST`. The answer repeats the secret to who has just chosen it; no other answer does."""
        actor = signed_in(request)
        if body.job_source_id is not None:
            raise NotBuilt(_JOBS)
        if not body.url:
            raise Invalid("A webhook needs a `url`: where its payloads are sent.")
        hook = self.webhooks.add(actor, body.url, _items(body.watched), body.domains, body.secret or "")
        return _answer(hook, body.secret)

    def update(self, request: Request, body: wire.UpdateWebhook) -> Response:
        """`POST /{id}`: what is not given stays."""
        actor = signed_in(request)
        if body.job_source_id is not None:
            raise NotBuilt(_JOBS)
        secret = None if body.secret == HIDDEN else body.secret
        hook = self.webhooks.update(
            actor, _id(request), url=body.url, watched=_items(body.watched), domains=body.domains, secret=secret
        )
        return _answer(hook, secret)

    def enable(self, request: Request) -> Response:
        """`POST /{id}/enable`."""
        return _answer(self.webhooks.switch(signed_in(request), _id(request), on=True))

    def disable(self, request: Request) -> Response:
        """`POST /{id}/disable`."""
        return _answer(self.webhooks.switch(signed_in(request), _id(request), on=False))

    def delete(self, request: Request) -> Response:
        """`DELETE /{id}`."""
        self.webhooks.delete(signed_in(request), _id(request))
        return json({})


def _id(request: Request) -> str:
    return str(request.path_params["hook"])


def _items(watched: Sequence[wire.Watched]) -> list[Item]:
    return [Item(item.type, item.name) for item in watched]


def _answer(hook: Webhook, secret: str | None = None) -> Response:
    return json(wire.WebhookAnswer(_info(hook, secret)))


def _info(hook: Webhook, secret: str | None = None) -> wire.WebhookInfo:
    watched = [wire.Watched(item.kind, item.name) for item in hook.watched]  # type: ignore[arg-type]  # as it came in
    hidden = HIDDEN if hook.has_secret else None
    return wire.WebhookInfo(hook.id, hook.url, watched, list(hook.domains), secret or hidden, hook.disabled)
