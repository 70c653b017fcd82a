"""A repository's trusted publishers: which CI jobs may publish here without a secret."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import HubError
from freehold.core.accounts.oauth.publishers import Publisher, Publishers
from freehold.core.accounts.scope import Entity
from freehold.core.repos.repos import Repos
from freehold.core.repos.writer import RepoAdmin
from freehold.web.forms import Form
from freehold.web.links import repo_path
from freehold.web.parts.head import RepoHead, head_of, repo_id, templates
from freehold.web.signed_in import signed_in
from freehold.web.site import Site
from freehold.wire.oauth.publishers import KINDS, Ci, parse_rule

TAIL = "/settings/publishers"


@dataclass(frozen=True, slots=True)
class PublishersPage:
    """`audience` is what their tokens must be made for; `form`: what was typed where that could not be kept."""

    head: RepoHead
    publishers: Sequence[Publisher]
    kinds: Mapping[str, Ci]
    audience: str
    resource: str
    problem: str = ""
    form: Form | None = None


def routes(site: Site, repos: Repos, publishers: Publishers) -> list[Route]:
    """`…/settings/publishers` and its two forms."""

    def page(request: Request, admin: RepoAdmin, problem: str = "", form: Form | None = None) -> Response:
        repo = admin.repo
        shown = PublishersPage(
            head_of(admin), publishers.list(repo.id), KINDS, publishers.audience, repo.repo_id.path, problem, form
        )
        status = 400 if problem else 200
        return site.page(request, "pages/publishers/page.html", shown, section=repo.kind.plural, status=status)

    def show(request: Request) -> Response:
        actor = identity(request)
        if not actor.signed_in:
            return site.ask_to_sign_in(request)
        return page(request, repos.admin(actor, repo_id(request)))

    def add(request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        admin = repos.admin(actor, repo_id(request))
        try:
            publishers.add(actor, _entity(admin), parse_rule(form))
        except HubError as refused:
            return page(request, admin, refused.message, form)
        return site.redirect(request, repo_path(admin.repo.repo_id, "settings/publishers"))

    def remove(request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        admin = repos.admin(actor, repo_id(request))
        try:
            publishers.remove(actor, _entity(admin), form.get("id", ""))
        except HubError as refused:
            return page(request, admin, refused.message)
        return site.redirect(request, repo_path(admin.repo.repo_id, "settings/publishers"))

    posts = ((TAIL, add), (f"{TAIL}/remove", remove))
    return [
        *(Route(path, show, needs=Need.ADMIN, name="publishers") for path in templates(TAIL)),
        *(
            Route(path, site.csrf.posted(act), needs=Need.ADMIN, methods=["POST"])
            for tail, act in posts
            for path in templates(tail)
        ),
    ]


def _entity(admin: RepoAdmin) -> Entity:
    return Entity(admin.repo.kind.value, admin.repo.id, admin.repo.repo_id.full)
