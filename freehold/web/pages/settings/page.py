"""A repository's settings: who may see it, who may download it, and its end."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.core.accounts.access import VISIBILITIES
from freehold.core.repos.repos import Repos
from freehold.core.repos.storage import Usage
from freehold.core.repos.writer import RepoAdmin
from freehold.web.forms import Form
from freehold.web.links import repo_path
from freehold.web.parts.head import RepoHead, head_of, repo_id, templates
from freehold.web.signed_in import signed_in
from freehold.web.site import Site


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """`problem` says why a form did nothing."""

    head: RepoHead
    visibilities: tuple[str, ...]
    usage: Usage
    problem: str = ""


def routes(site: Site, repos: Repos) -> list[Route]:
    """`…/settings` and its two forms."""

    def page(request: Request, admin: RepoAdmin, problem: str = "") -> Response:
        head = head_of(admin)
        shown = SettingsPage(head, VISIBILITIES, repos.storage.of_repository(admin), problem)
        section, status = head.repo.kind.plural, 400 if problem else 200
        return site.page(request, "pages/settings/page.html", shown, section=section, status=status)

    def show(request: Request) -> Response:
        actor = identity(request)
        if not actor.signed_in:
            return site.ask_to_sign_in(request)
        return page(request, repos.admin(actor, repo_id(request)))

    def change(request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        target = repo_id(request)
        gated = form.get("gated")
        gated = "" if gated == "none" else gated
        repos.admin(actor, target).update(visibility=form.get("visibility", ""), gated=gated)
        return site.redirect(request, repo_path(target, "settings"))

    def delete(request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        admin = repos.admin(actor, repo_id(request))
        name = admin.repo.repo_id.full
        if form.get("name", "").strip() != name:
            return page(request, admin, f"Type {name} to delete it. Nothing was deleted.")
        repos.delete(actor, admin.repo.repo_id)
        return site.redirect(request, f"/{admin.repo.namespace}")

    posted = site.csrf.posted
    shown = [Route(path, show, needs=Need.ADMIN, name="settings") for path in templates("/settings")]
    changed = [
        Route(path, posted(change), needs=Need.ADMIN, methods=["POST"], name="change")
        for path in templates("/settings")
    ]
    return [
        *shown,
        *changed,
        *(
            Route(path, posted(delete), needs=Need.ADMIN, methods=["POST"], name="delete")
            for path in templates("/settings/delete")
        ),
    ]
