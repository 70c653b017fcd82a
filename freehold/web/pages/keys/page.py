"""A person's SSH keys: registered, listed, removed; and how to know the hub by its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import Conflict, HubError, Invalid
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.keys import Key, Keys
from freehold.web.forms import Form
from freehold.web.signed_in import signed_in
from freehold.web.site import Site
from freehold.web.ssh_door import SshDoor
from freehold.wire.publickeys import parse_public_key


@dataclass(frozen=True, slots=True)
class KeysPage:
    """`address` is what git clones from, up to the repository's name; empty where the hub has no such door."""

    keys: Sequence[Key]
    address: str = ""
    known_host: str = ""
    fingerprint: str = ""
    problem: str = ""
    line: str = ""


def routes(site: Site, keys: Keys, door: SshDoor | None) -> list[Route]:
    """`/settings/keys` and its two forms."""

    def page(request: Request, actor: Actor, problem: str = "", line: str = "") -> Response:
        shown = KeysPage(keys.list(actor.account_id or ""), problem=problem, line=line)
        if door is not None:
            shown = KeysPage(
                shown.keys,
                door.address(request),
                door.known_host(request),
                parse_public_key(door.host_key).fingerprint,
                problem,
                line,
            )
        return site.page(request, "pages/keys/page.html", shown, status=400 if problem else 200)

    def show(request: Request) -> Response:
        actor = identity(request)
        return page(request, actor) if actor.signed_in else site.ask_to_sign_in(request)

    def add(request: Request, form: Form) -> Response:
        actor, account_id = signed_in(request)
        line = form.get("key", "")
        try:
            keys.add(actor, account_id, form.get("name", ""), line, form.get("role", ""))
        except (Invalid, Conflict) as refused:
            private = "PRIVATE KEY" in line  # which must not be sent back
            return page(request, actor, refused.message, "" if private else line[:10_000])
        return site.redirect(request, "/settings/keys")

    def remove(request: Request, form: Form) -> Response:
        actor, account_id = signed_in(request)
        try:
            keys.remove(actor, account_id, form.get("id", ""))
        except HubError as refused:
            return page(request, actor, refused.message)
        return site.redirect(request, "/settings/keys")

    return [
        Route("/settings/keys", show, needs=Need.ACCOUNT, name="keys"),
        Route("/settings/keys", site.csrf.posted(add), needs=Need.ACTING, methods=["POST"], name="add-key"),
        Route(
            "/settings/keys/remove", site.csrf.posted(remove), needs=Need.ACTING, methods=["POST"], name="remove-key"
        ),
    ]
