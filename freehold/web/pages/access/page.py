"""Who asked for access to a repository and who has it, for those who decide."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import Invalid, NotFound
from freehold.core.repos.gating import Gating
from freehold.core.repos.repos import Repos
from freehold.core.repos.writer import RepoWriter
from freehold.web.fetched import fetched_table
from freehold.web.forms import Form
from freehold.web.links import repo_path
from freehold.web.parts.gate import receipt_file
from freehold.web.parts.gate_desk import GateDesk, act_on, gate_desk, keep_policy, list_query
from freehold.web.parts.head import RepoHead, head_of, repo_id, templates
from freehold.web.signed_in import signed_in
from freehold.web.site import Site


@dataclass(frozen=True, slots=True)
class AccessPage:
    """The repository, and the desk of its gate."""

    head: RepoHead
    desk: GateDesk
    problem: str = ""


def routes(site: Site, repos: Repos, gating: Gating) -> list[Route]:
    """`…/access`, `?status=` chooses the list; one form address, whose `action` says what to do."""

    def show(request: Request) -> Response:
        actor = identity(request)
        if not actor.signed_in:
            return site.ask_to_sign_in(request)
        return _page(site, request, gating, repos.writer(actor, repo_id(request)))

    def change(request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        target = repo_id(request)
        try:
            if form.get("action") == "policy":
                _keep(gating, repos, request, form)
            else:
                act_on(gating.keeper(repos.writer(actor, target)), form)
        except (Invalid, NotFound) as refused:
            return _page(site, request, gating, repos.writer(actor, target), refused.message)
        return site.redirect(request, repo_path(target, "access") + list_query(form))

    def receipt(request: Request) -> Response:
        actor = identity(request)
        if not actor.signed_in:
            return site.ask_to_sign_in(request)
        writer = repos.writer(actor, repo_id(request))
        file = gating.keeper(writer).receipt(request.path_params["grant"])
        return receipt_file(file, f"{writer.repo.namespace}-{writer.repo.name}")

    def fetched(request: Request) -> Response:
        actor = identity(request)
        if not actor.signed_in:
            return site.ask_to_sign_in(request)
        writer = repos.writer(actor, repo_id(request))
        return fetched_table(gating.keeper(writer).fetched(request.path_params["request"]), writer.repo.name)

    posted, writing = site.csrf.posted(change), Need.WRITE
    return [
        *(Route(path, show, needs=writing, name="access") for path in templates("/access")),
        *(Route(path, posted, needs=writing, methods=["POST"], name="decide") for path in templates("/access")),
        *(Route(path, receipt, needs=writing, name="receipts") for path in templates("/access/receipts/{grant:seg}")),
        *(Route(path, fetched, needs=writing, name="fetched") for path in templates("/access/fetched/{request:seg}")),
    ]


def _keep(gating: Gating, repos: Repos, request: Request, form: Form) -> None:
    admin = repos.admin(identity(request), repo_id(request))
    keep_policy(gating.admin(admin), form)
    if (hides := form.get("hides") == "on") != admin.repo.gate_hides:
        admin.update(gate_hides=hides)


def _page(site: Site, request: Request, gating: Gating, writer: RepoWriter, problem: str = "") -> Response:
    page = AccessPage(head_of(writer), gate_desk(gating.keeper(writer), request), problem)
    section = writer.repo.kind.plural
    return site.page(request, "pages/access/page.html", page, section=section, status=400 if problem else 200)
