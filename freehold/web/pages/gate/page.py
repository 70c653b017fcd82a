"""A repository's gate by itself: the form again where it could not be taken, and where it is sent to."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import Forbidden, Invalid, NotFound, Stale
from freehold.core.repos.gating import Gating
from freehold.core.repos.reader import RepoReader
from freehold.core.repos.repos import Repos
from freehold.web.forms import Form
from freehold.web.links import repo_path
from freehold.web.parts.gate import GateBox, answers_in, ask_by, receipt_file, repo_gate_box
from freehold.web.parts.head import RepoHead, head_of, repo_id, templates
from freehold.web.signed_in import signed_in
from freehold.web.site import Site


@dataclass(frozen=True, slots=True)
class GatePage:
    """The gate of one repository."""

    head: RepoHead
    gate: GateBox


def routes(site: Site, repos: Repos, gating: Gating) -> list[Route]:
    """`…/gate` and its two forms."""

    def show(request: Request) -> Response:
        return _page(site, request, gating, repos.reader(identity(request), repo_id(request)))

    def ask(request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        reader = repos.reader(actor, repo_id(request))
        door = gating.door(reader)
        try:
            ask_by(door, request, form)
        except (Invalid, Forbidden, Stale) as refused:
            filled = {"answers": answers_in(door, form), "asked_for": form.get("for", "")}
            return _page(site, request, gating, reader, problem=refused.message, **filled)
        return site.redirect(request, repo_path(reader.repo.repo_id))

    def withdraw(request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        reader = repos.reader(actor, repo_id(request))
        try:
            gating.door(reader).withdraw(form.get("for", ""))
        except NotFound as refused:
            return _page(site, request, gating, reader, problem=refused.message)
        return site.redirect(request, repo_path(reader.repo.repo_id))

    def receipt(request: Request) -> Response:
        actor = identity(request)
        if not actor.signed_in:
            return site.ask_to_sign_in(request)
        reader = repos.reader(actor, repo_id(request))
        return receipt_file(gating.door(reader).receipt, f"{reader.repo.namespace}-{reader.repo.name}")

    posted = site.csrf.posted
    return [
        *(Route(path, show, needs=Need.READ, name="gate") for path in templates("/gate")),
        *(Route(path, receipt, needs=Need.READ, name="receipt") for path in templates("/gate/receipt")),
        *(Route(path, posted(ask), needs=Need.PROPOSE, methods=["POST"], name="ask") for path in templates("/gate")),
        *(
            Route(path, posted(withdraw), needs=Need.PROPOSE, methods=["POST"], name="withdraw")
            for path in templates("/gate/withdraw")
        ),
    ]


def _page(
    site: Site,
    request: Request,
    gating: Gating,
    reader: RepoReader,
    *,
    problem: str = "",
    **filled: Any,
) -> Response:
    box = repo_gate_box(gating, reader, request, problem=problem, **filled)
    if box is None:
        return site.redirect(request, repo_path(reader.repo.repo_id))
    page, section = GatePage(head_of(reader), box), reader.repo.kind.plural
    return site.page(request, "pages/gate/page.html", page, section=section, status=400 if problem else 200)
