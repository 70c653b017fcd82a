"""A bucket's settings: who may see it, where it is, and its end."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.core.accounts.people import People
from freehold.core.repos.repos import Repos
from freehold.core.repos.writer import RepoAdmin
from freehold.web.forms import Form
from freehold.web.languages import say
from freehold.web.links import repo_path
from freehold.web.moving import MoveForm, Moving
from freehold.web.parts.head import RepoHead, bucket_id, head_of
from freehold.web.signed_in import signed_in
from freehold.web.site import Site


@dataclass(frozen=True, slots=True)
class BucketSettingsPage:
    """`problem` says why a form did nothing."""

    head: RepoHead
    move: MoveForm
    problem: str = ""


def routes(site: Site, repos: Repos, people: People) -> list[Route]:
    """`/buckets/{ns}/{name}/settings` and its three forms."""
    moving = Moving(repos, people)

    def page(request: Request, admin: RepoAdmin, problem: str = "", refused: MoveForm | None = None) -> Response:
        shown = BucketSettingsPage(head_of(admin), refused or moving.form(admin.actor, admin.repo), problem)
        status = 400 if problem or refused else 200
        return site.page(request, "pages/bucket_settings/page.html", shown, section="buckets", status=status)

    def show(request: Request) -> Response:
        actor = identity(request)
        if not actor.signed_in:
            return site.ask_to_sign_in(request)
        return page(request, repos.admin(actor, bucket_id(request)))

    def change(request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        target = bucket_id(request)
        repos.admin(actor, target).update(visibility="private" if form.get("visibility") == "private" else "public")
        return site.redirect(request, repo_path(target, "settings"))

    def move(request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        admin = repos.admin(actor, bucket_id(request))
        there = moving.move(actor, admin.repo, form)
        if isinstance(there, MoveForm):
            return page(request, admin, refused=there)
        return site.redirect(request, repo_path(there))

    def delete(request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        admin = repos.admin(actor, bucket_id(request))
        name = admin.repo.repo_id.full
        if form.get("name", "").strip() != name:
            return page(request, admin, say("Type %(name)s to delete it. Nothing was deleted.", name=name))
        repos.delete(actor, admin.repo.repo_id)
        return site.redirect(request, f"/{admin.repo.namespace}")

    settings = "/buckets/{namespace:seg}/{name:seg}/settings"
    return [
        Route(settings, show, needs=Need.ADMIN, name="bucket-settings"),
        Route(settings, site.csrf.posted(change), needs=Need.ADMIN, methods=["POST"], name="change-bucket"),
        Route(f"{settings}/delete", site.csrf.posted(delete), needs=Need.ADMIN, methods=["POST"], name="delete-bucket"),
        Route(f"{settings}/move", site.csrf.posted(move), needs=Need.ADMIN, methods=["POST"], name="move-bucket"),
    ]
