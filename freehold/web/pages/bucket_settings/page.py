"""A bucket's settings: who may see it, and its end."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.core.repos.repos import Repos
from freehold.web.forms import Form
from freehold.web.links import repo_path
from freehold.web.parts.head import RepoHead, bucket_id, head_of
from freehold.web.signed_in import signed_in
from freehold.web.site import Site


@dataclass(frozen=True, slots=True)
class BucketSettingsPage:
    """`problem` says why a form did nothing."""

    head: RepoHead
    problem: str = ""


def routes(site: Site, repos: Repos) -> list[Route]:
    """`/buckets/{ns}/{name}/settings` and its two forms."""

    def show(request: Request) -> Response:
        actor = identity(request)
        if not actor.signed_in:
            return site.ask_to_sign_in(request)
        return _page(site, request, head_of(repos.admin(actor, bucket_id(request))))

    def change(request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        target = bucket_id(request)
        repos.admin(actor, target).update(visibility="private" if form.get("visibility") == "private" else "public")
        return site.redirect(request, repo_path(target, "settings"))

    def delete(request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        admin = repos.admin(actor, bucket_id(request))
        name = admin.repo.repo_id.full
        if form.get("name", "").strip() != name:
            return _page(site, request, head_of(admin), f"Type {name} to delete it. Nothing was deleted.")
        repos.delete(actor, admin.repo.repo_id)
        return site.redirect(request, f"/{admin.repo.namespace}")

    settings = "/buckets/{namespace:seg}/{name:seg}/settings"
    return [
        Route(settings, show, needs=Need.ADMIN, name="bucket-settings"),
        Route(settings, site.csrf.posted(change), needs=Need.ADMIN, methods=["POST"], name="change-bucket"),
        Route(f"{settings}/delete", site.csrf.posted(delete), needs=Need.ADMIN, methods=["POST"], name="delete-bucket"),
    ]


def _page(site: Site, request: Request, head: RepoHead, problem: str = "") -> Response:
    page = BucketSettingsPage(head, problem)
    status = 400 if problem else 200
    return site.page(request, "pages/bucket_settings/page.html", page, section="buckets", status=status)
