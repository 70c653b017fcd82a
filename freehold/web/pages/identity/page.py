"""Who a person is, as far as others have made sure; and the forms by which organisations and operators say so."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.clock import now
from freehold.base.errors import HubError, Invalid
from freehold.core.accounts.gates.gate import DAY
from freehold.core.accounts.identity import CHECKED, NAMES, VOUCHED, Identities, Identity
from freehold.core.accounts.people import People
from freehold.web.forms import Form
from freehold.web.languages import say
from freehold.web.signed_in import signed_in
from freehold.web.site import Site

MOST_DAYS = 3660


@dataclass(frozen=True, slots=True)
class IdentityPage:
    """What is known of the visitor, and for whom they may speak."""

    level: int
    said: str
    known: Sequence[Identity]
    orgs: Sequence[str]
    """The organisations in whose name they may vouch."""
    operator: bool
    problem: str = ""
    done: str = ""


def routes(site: Site, identities: Identities, people: People) -> list[Route]:
    """`/settings/identity` and its form, whose `action` says what to do."""

    def page(request: Request, problem: str = "", done: str = "") -> Response:
        actor = identity(request)
        account_id = str(actor.account_id)
        level = identities.level(account_id)
        orgs = [one.name for one in people.orgs_of(account_id) if one.role == "admin"]
        shown = IdentityPage(level, NAMES[level], identities.of(account_id), orgs, actor.is_admin, problem, done)
        return site.page(request, "pages/identity/page.html", shown, status=400 if problem else 200)

    def show(request: Request) -> Response:
        return page(request) if identity(request).signed_in else site.ask_to_sign_in(request)

    def change(request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        name, org, until = form.get("user", "").strip(), form.get("org", ""), None
        try:
            days = _days(form)
            until = None if days is None else now() + days * DAY
            match form.get("action"):
                case "vouch":
                    identities.vouch(actor, org, name, until)
                case "withdraw":
                    identities.withdraw(actor, name, VOUCHED, org)
                case "enter":
                    level = int(form["level"]) if form.get("level") in ("1", "3") else CHECKED
                    said = Identity(level, form.get("verifier", ""), now(), until, form.get("reference", "").strip())
                    identities.state(actor, name, said)
                case _:
                    raise Invalid("This form asks for nothing that can be done here. Reload the page.")
        except HubError as refused:
            return page(request, refused.message)
        if form["action"] == "withdraw":
            return page(request, done=say("%(org)s vouches for %(name)s no longer.", org=org, name=name))
        return page(request, done=say("That is kept of %(name)s from now on.", name=name))

    return [
        Route("/settings/identity", show, needs=Need.ACCOUNT, name="identity"),
        Route(
            "/settings/identity", site.csrf.posted(change), needs=Need.ACTING, methods=["POST"], name="state-identity"
        ),
    ]


def _days(form: Form) -> int | None:
    text = form.get("days", "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or not 0 < int(text[:6]) <= MOST_DAYS:
        raise Invalid(f"It holds for 1 to {MOST_DAYS} days, or without an end: then leave the field empty.")
    return int(text)
