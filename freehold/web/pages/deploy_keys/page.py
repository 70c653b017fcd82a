"""A repository's deploy keys: which machines may clone it or push to it by SSH, and to nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import HubError
from freehold.core.accounts.deploy_keys import DeployKey, DeployKeys, Owned
from freehold.core.repos.repos import Repos
from freehold.core.repos.writer import RepoAdmin
from freehold.web.forms import Form
from freehold.web.links import repo_path
from freehold.web.parts.head import RepoHead, head_of, repo_id, templates
from freehold.web.signed_in import signed_in
from freehold.web.site import Site
from freehold.web.ssh_door import SshDoor

TAIL = "/settings/keys"


@dataclass(frozen=True, slots=True)
class DeployKeysPage:
    """`address` is what git clones from; empty where the hub has no such door. `form`: what could not be kept."""

    head: RepoHead
    keys: Sequence[DeployKey]
    address: str
    problem: str = ""
    form: Form | None = None


def routes(site: Site, repos: Repos, keys: DeployKeys, door: SshDoor | None) -> list[Route]:
    """`…/settings/keys` and its two forms."""

    def page(request: Request, admin: RepoAdmin, problem: str = "", form: Form | None = None) -> Response:
        repo = admin.repo
        address = f"{door.address(request)}{repo.repo_id.path}" if door else ""
        shown = DeployKeysPage(head_of(admin), keys.list(repo.id), address, problem, form)
        status = 400 if problem else 200
        return site.page(request, "pages/deploy_keys/page.html", shown, section=repo.kind.plural, status=status)

    def show(request: Request) -> Response:
        actor = identity(request)
        if not actor.signed_in:
            return site.ask_to_sign_in(request)
        return page(request, repos.admin(actor, repo_id(request)))

    def add(request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        admin = repos.admin(actor, repo_id(request))
        line = form.get("key", "")
        try:
            keys.add(actor, _owned(admin), form.get("name", ""), line, form.get("role", ""))
        except HubError as refused:
            private = "PRIVATE KEY" in line  # which must not be sent back
            return page(request, admin, refused.message, {**form, "key": "" if private else line[:10_000]})
        return site.redirect(request, repo_path(admin.repo.repo_id, "settings/keys"))

    def remove(request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        admin = repos.admin(actor, repo_id(request))
        try:
            keys.remove(actor, _owned(admin), form.get("id", ""))
        except HubError as refused:
            return page(request, admin, refused.message)
        return site.redirect(request, repo_path(admin.repo.repo_id, "settings/keys"))

    posts = ((TAIL, add), (f"{TAIL}/remove", remove))
    return [
        *(Route(path, show, needs=Need.ADMIN, name="deploy-keys") for path in templates(TAIL)),
        *(
            Route(path, site.csrf.posted(act), needs=Need.ADMIN, methods=["POST"])
            for tail, act in posts
            for path in templates(tail)
        ),
    ]


def _owned(admin: RepoAdmin) -> Owned:
    return Owned(admin.repo.id, admin.repo.owner_id, admin.repo.repo_id.path)
