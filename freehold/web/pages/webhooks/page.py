"""A person's webhooks: listed, made, changed, switched off and on, with what was sent and a button to send it again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import HubError, Invalid
from freehold.base.words import later
from freehold.core.accounts.actor import Actor
from freehold.features.notices.deliveries import Deliveries, Delivery
from freehold.features.notices.webhooks import DOMAINS, Item, Webhook, Webhooks
from freehold.web.forms import Form
from freehold.web.languages import say
from freehold.web.signed_in import signed_in
from freehold.web.site import Site

PATH = "/settings/webhooks"
_INNER = later("(The answer came out of an internal network and is shown to administrators only.)")


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the form."""

    url: str = ""
    watched: str = ""
    domains: tuple[str, ...] = DOMAINS
    has_secret: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """One delivery; `request` and `answer` are texts to be read."""

    id: str
    what: str
    state: str
    status: int | None
    attempts: int
    at: int
    duration_ms: int | None
    error: str
    request: str
    answer: str


@dataclass(frozen=True, slots=True)
class WebhooksPage:
    """All webhooks, and the form for another."""

    webhooks: Sequence[Webhook]
    draft: Draft
    problem: str = ""


@dataclass(frozen=True, slots=True)
class WebhookPage:
    """One webhook, its form, and what was sent."""

    webhook: Webhook
    draft: Draft
    sent: Sequence[Sent]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Pages:
    """The handlers of both pages."""

    site: Site
    webhooks: Webhooks
    deliveries: Deliveries

    def all(self, request: Request) -> Response:
        """`/settings/webhooks`."""
        actor = identity(request)
        if not actor.signed_in:
            return self.site.ask_to_sign_in(request)
        return self._all(request, actor, Draft(watched=f"user:{actor.name}"))

    def one(self, request: Request) -> Response:
        """`/settings/webhooks/{id}`."""
        actor = identity(request)
        if not actor.signed_in:
            return self.site.ask_to_sign_in(request)
        return self._one(request, actor)

    def add(self, request: Request, form: Form) -> Response:
        """Make one and look at it."""
        actor, _ = signed_in(request)
        draft = _draft(form)
        try:
            items = _items(draft.watched)
            made = self.webhooks.add(actor, draft.url, items, draft.domains, form.get("secret", ""))
        except HubError as refused:
            return self._all(request, actor, draft, refused.message)
        return self._back(request, made.id)

    def change(self, request: Request, form: Form) -> Response:
        """Change one; an empty secret leaves it, unless it shall be removed."""
        actor, _ = signed_in(request)
        draft, secret = _draft(form), form.get("secret", "") or None
        try:
            self.webhooks.update(
                actor, _id(request), url=draft.url, watched=_items(draft.watched), domains=draft.domains,
                secret="" if form.get("no_secret") else secret,
            )  # fmt: skip
        except HubError as refused:
            return self._one(request, actor, draft, refused.message)
        return self._back(request, _id(request))

    def switch(self, request: Request, form: Form) -> Response:
        """Enable or disable one."""
        actor, _ = signed_in(request)
        self.webhooks.switch(actor, _id(request), on=form.get("on") == "1")
        return self._back(request, _id(request))

    def delete(self, request: Request, _form: Form) -> Response:
        """Remove one with its history."""
        actor, _ = signed_in(request)
        self.webhooks.delete(actor, _id(request))
        return self.site.redirect(request, PATH)

    def replay(self, request: Request, form: Form) -> Response:
        """Send one delivery's event again."""
        actor, _ = signed_in(request)
        webhook = self.webhooks.get(actor, _id(request))
        self.deliveries.replay(webhook.id, form.get("delivery", ""))
        return self._back(request, webhook.id)

    def _all(self, request: Request, actor: Actor, draft: Draft, problem: str = "") -> Response:
        page = WebhooksPage(self.webhooks.of(actor), draft, problem)
        return self.site.page(request, "pages/webhooks/page.html", page, status=400 if problem else 200)

    def _one(self, request: Request, actor: Actor, draft: Draft | None = None, problem: str = "") -> Response:
        webhook = self.webhooks.get(actor, _id(request))
        watched = "\n".join(f"{item.kind}:{item.name}" for item in webhook.watched)
        draft = draft or Draft(webhook.url, watched, webhook.domains, webhook.has_secret)
        sent = [_sent(delivery, actor) for delivery in self.deliveries.log(webhook.id)]
        page = WebhookPage(webhook, draft, sent, problem)
        return self.site.page(request, "pages/webhooks/one.html", page, status=400 if problem else 200)

    def _back(self, request: Request, webhook_id: str) -> Response:
        return self.site.redirect(request, f"{PATH}/{quote(webhook_id)}")


def routes(site: Site, webhooks: Webhooks, deliveries: Deliveries) -> list[Route]:
    """`/settings/webhooks`, the page of each webhook, and their forms."""
    pages = Pages(site, webhooks, deliveries)
    one = f"{PATH}/{{hook:seg}}"
    posted = site.csrf.posted
    return [
        Route(PATH, pages.all, needs=Need.ACCOUNT, name="webhooks"),
        Route(PATH, posted(pages.add), needs=Need.ACTING, methods=["POST"], name="add-webhook"),
        Route(one, pages.one, needs=Need.ACCOUNT, name="webhook"),
        Route(one, posted(pages.change), needs=Need.ACTING, methods=["POST"], name="change-webhook"),
        Route(f"{one}/switch", posted(pages.switch), needs=Need.ACTING, methods=["POST"], name="switch-webhook"),
        Route(f"{one}/delete", posted(pages.delete), needs=Need.ACTING, methods=["POST"], name="delete-webhook"),
        Route(f"{one}/replay", posted(pages.replay), needs=Need.ACTING, methods=["POST"], name="replay-webhook"),
    ]


def _id(request: Request) -> str:
    return str(request.path_params["hook"])


def _draft(form: Form) -> Draft:
    domains = tuple(name for name in DOMAINS if form.get(f"domain_{name}"))
    return Draft(form.get("url", "").strip(), form.get("watched", "").strip(), domains)


def _items(text: str) -> list[Item]:
    """One item a line, `kind:name`. Raises Invalid."""
    items = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        kind, colon, name = line.partition(":")
        if not colon:
            raise Invalid(f"Write {line[:100]!r} with its kind before it, such as user:alice or model:alice/birds.")
        items.append(Item(kind.strip(), name.strip()))
    if not items:
        raise Invalid("Name at least one thing to watch, such as user:alice or model:alice/birds.")
    return items


def _sent(delivery: Delivery, actor: Actor) -> Sent:
    # What is shown is what was told: before the first attempt not even the repository's name.
    request, name = _readable(delivery.request)
    return Sent(
        delivery.id,
        f"{delivery.event.scope} {delivery.event.action}" + (f" · {name}" if name else ""),
        delivery.state,
        delivery.status,
        delivery.attempts,
        delivery.tried_at or delivery.created_at,
        delivery.duration_ms,
        delivery.error,
        request,
        say(_INNER) if delivery.internal and delivery.answer and not actor.is_admin else delivery.answer,
    )


def _readable(request: str) -> tuple[str, str]:
    """The body with line breaks, and the repository it speaks of; one that was cut is shown as it is."""
    try:
        told = json.loads(request or "{}")
    except ValueError:
        return f"{request} …", ""
    return json.dumps(told, indent=2, ensure_ascii=False) if told else "", told.get("repo", {}).get("name", "")
