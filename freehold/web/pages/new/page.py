"""A form that makes an empty repository."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import Conflict, Forbidden, Invalid
from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.people import People
from freehold.core.repos.repos import SDKS, Repos
from freehold.web.forms import Form
from freehold.web.links import repo_path
from freehold.web.owners import creatable_by
from freehold.web.signed_in import signed_in
from freehold.web.site import Site


@dataclass(frozen=True, slots=True)
class NewPage:
    """`owners` are the accounts that the person may create in; the rest is what the form was filled with."""

    owners: Sequence[str]
    kind: str
    owner: str
    name: str = ""
    visibility: str = "public"
    sdk: str = ""
    sdks: Sequence[str] = SDKS
    kinds: Sequence[RepoKind] = tuple(RepoKind)
    problem: str = ""


def routes(site: Site, repos: Repos, people: People) -> list[Route]:
    """`/new`."""

    def show(request: Request) -> Response:
        actor = identity(request)
        if not actor.signed_in:
            return site.ask_to_sign_in(request)
        asked = request.query_params
        kind = asked["kind"] if asked.get("kind") in list(RepoKind) else RepoKind.MODEL.value
        page = NewPage(creatable_by(people, actor), kind, asked.get("owner", actor.name), asked.get("name", "")[:96])
        return site.page(request, "pages/new/page.html", page)

    def create(request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        kind = RepoKind(form["kind"]) if form.get("kind") in list(RepoKind) else RepoKind.MODEL
        repo_id = RepoId(kind, form.get("owner", ""), form.get("name", "").strip())
        visibility = "private" if form.get("visibility") == "private" else "public"
        sdk = form.get("sdk") or None
        try:
            repos.create(actor, repo_id, visibility=visibility, sdk=sdk)
        except (Invalid, Conflict, Forbidden) as refused:
            owners = creatable_by(people, actor)
            page = NewPage(
                owners, kind, repo_id.namespace, repo_id.name, visibility, sdk or "", problem=refused.message
            )
            return site.page(request, "pages/new/page.html", page, status=400)
        return site.redirect(request, repo_path(repo_id))

    return [
        Route("/new", show, needs=Need.ACCOUNT, name="new"),
        Route("/new", site.csrf.posted(create), needs=Need.CREATE, methods=["POST"], name="create"),
    ]
