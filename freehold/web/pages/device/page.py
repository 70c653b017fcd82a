"""Letting a device in: the code that it shows is typed here, compared, and allowed or denied."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.networks import network_of
from freehold.asgi.routing import Route
from freehold.base.errors import HubError
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.oauth.devices import Devices, Waiting
from freehold.core.accounts.people import People
from freehold.web.forms import Form
from freehold.web.parts.reach import Choice, chosen, offered
from freehold.web.parts.scopes import Permission, permissions
from freehold.web.signed_in import signed_in
from freehold.web.site import Site
from freehold.wire.oauth.scopes import EVERYTHING


@dataclass(frozen=True, slots=True)
class DevicePage:
    """Without `waiting` it asks for a code. `near`: the device asked from the network that the visitor is in."""

    waiting: Waiting | None = None
    permissions: tuple[Permission, ...] = ()
    orgs: Sequence[Choice] = ()
    near: bool = False
    typed: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class DecidedPage:
    """What became of a device."""

    app_name: str
    approved: bool


def routes(site: Site, devices: Devices, people: People) -> list[Route]:
    """`/oauth/device` and its form."""

    def page(request: Request, shown: DevicePage) -> Response:
        response = site.page(request, "pages/device/page.html", shown, status=400 if shown.problem else 200)
        response.headers["Cache-Control"] = "no-store"
        return response

    def choices(actor: Actor, waiting: Waiting) -> Sequence[Choice]:
        """None for a command line that asks for everything: it gets all that the person may do, as they do."""
        whole = set(waiting.scopes) >= set(EVERYTHING)
        return () if whole else offered(people, str(actor.account_id), waiting.scopes)

    def show(request: Request) -> Response:
        actor = identity(request)
        if not actor.signed_in:
            return site.ask_to_sign_in(request)
        typed = request.query_params.get("user_code", "").strip()[:40]
        if not typed:
            return page(request, DevicePage())
        try:
            waiting = devices.find(actor, typed)
        except HubError as refused:
            return page(request, DevicePage(typed=typed, problem=refused.message))
        near = waiting.network == network_of(request)
        return page(request, DevicePage(waiting, permissions(waiting.scopes), choices(actor, waiting), near))

    def decide(request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        approve = form.get("decision") == "approve"
        try:
            orgs = choices(actor, devices.find(actor, form.get("user_code", "")))
            waiting = devices.decide(actor, form.get("user_code", ""), approve=approve, orgs=chosen(orgs, form))
        except HubError as refused:
            return page(request, DevicePage(problem=refused.message))
        return site.page(request, "pages/device/decided.html", DecidedPage(waiting.app.name, approve))

    return [
        Route("/oauth/device", show, needs=Need.ACCOUNT, name="device"),
        Route("/oauth/device/decide", site.csrf.posted(decide), needs=Need.ACTING, methods=["POST"], name="decide"),
    ]
