"""A repository's settings: who may see it, who may download it, where it is, and its end."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.core.accounts.access import VISIBILITIES
from freehold.core.accounts.people import People
from freehold.core.repos.repos import Repos
from freehold.core.repos.storage import Usage
from freehold.core.repos.writer import RepoAdmin
from freehold.web.forms import Form
from freehold.web.languages import say
from freehold.web.links import repo_path
from freehold.web.moving import MoveForm, Moving
from freehold.web.parts.head import RepoHead, head_of, repo_id, templates
from freehold.web.signed_in import signed_in
from freehold.web.site import Site


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """`problem` says why a form did nothing."""

    head: RepoHead
    visibilities: tuple[str, ...]
    usage: Usage
    move: MoveForm
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Pages:
    site: Site
    repos: Repos
    moving: Moving

    def show(self, request: Request) -> Response:
        actor = identity(request)
        if not actor.signed_in:
            return self.site.ask_to_sign_in(request)
        return self._page(request, self.repos.admin(actor, repo_id(request)))

    def change(self, request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        target = repo_id(request)
        gated = form.get("gated")
        gated = "" if gated == "none" else gated
        self.repos.admin(actor, target).update(visibility=form.get("visibility", ""), gated=gated)
        return self.site.redirect(request, repo_path(target, "settings"))

    def move(self, request: Request, form: Form) -> Response:
        admin = self.repos.admin(signed_in(request)[0], repo_id(request))
        there = self.moving.move(admin.actor, admin.repo, form)
        if isinstance(there, MoveForm):
            return self._page(request, admin, refused=there)
        return self.site.redirect(request, repo_path(there))

    def delete(self, request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        admin = self.repos.admin(actor, repo_id(request))
        name = admin.repo.repo_id.full
        if form.get("name", "").strip() != name:
            return self._page(request, admin, say("Type %(name)s to delete it. Nothing was deleted.", name=name))
        self.repos.delete(actor, admin.repo.repo_id)
        return self.site.redirect(request, f"/{admin.repo.namespace}")

    def _page(self, request: Request, admin: RepoAdmin, problem: str = "", refused: MoveForm | None = None) -> Response:
        head = head_of(admin)
        move = refused or self.moving.form(admin.actor, admin.repo)
        shown = SettingsPage(head, VISIBILITIES, self.repos.storage.of_repository(admin), move, problem)
        section, status = head.repo.kind.plural, 400 if problem or refused else 200
        return self.site.page(request, "pages/settings/page.html", shown, section=section, status=status)


def routes(site: Site, repos: Repos, people: People) -> list[Route]:
    """`…/settings` and its three forms."""
    pages, posted = _Pages(site, repos, Moving(repos, people)), site.csrf.posted
    forms = (("", pages.change, "change"), ("/move", pages.move, "move"), ("/delete", pages.delete, "delete"))
    return [
        *(Route(path, pages.show, needs=Need.ADMIN, name="settings") for path in templates("/settings")),
        *(
            Route(path, posted(handler), needs=Need.ADMIN, methods=["POST"], name=name)
            for below, handler, name in forms
            for path in templates(f"/settings{below}")
        ),
    ]
