"""Putting a repository into one of one's collections, or into a new one."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import Conflict, Forbidden, Invalid, NotFound
from freehold.base.ids import GIT_KINDS, RepoId
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.people import People
from freehold.core.repos.repo import Repo
from freehold.core.repos.repos import Repos
from freehold.features.collections.collection import MAX_NOTE, MAX_TITLE, Collection
from freehold.features.collections.collections import Collections, Draft
from freehold.web.forms import Form
from freehold.web.owners import owners_of
from freehold.web.signed_in import signed_in
from freehold.web.site import Site


@dataclass(frozen=True, slots=True)
class CollectPage:
    """`choices` are the collections that the person may change; the rest is what the form was filled with."""

    repo: Repo
    choices: Sequence[Collection]
    chosen: str
    title: str
    note: str
    max_note: int = MAX_NOTE
    max_title: int = MAX_TITLE
    problem: str = ""


def routes(site: Site, repos: Repos, collections: Collections, people: People) -> list[Route]:
    """`/collections/add`."""

    def choices(actor: Actor) -> list[Collection]:
        owners = [people.by_name(name) for name in owners_of(people, actor)]
        lists = [collections.of_owner(actor, owner.id) for owner in owners if owner is not None]
        return [shown.collection for found in lists for shown in found]

    def page(request: Request, actor: Actor, form: Form, problem: str = "") -> Response:
        filled = CollectPage(
            _repo(repos, actor, form),
            choices(actor),
            form.get("collection", ""),
            form.get("title", ""),
            form.get("note", ""),
            problem=problem,
        )
        status = 400 if problem else 200
        return site.page(request, "pages/collect/page.html", filled, status=status, section="collections")

    def show(request: Request) -> Response:
        actor = identity(request)
        if not actor.signed_in:
            return site.ask_to_sign_in(request)
        return page(request, actor, {name: request.query_params.get(name, "") for name in ("kind", "id")})

    def add(request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        repo = _repo(repos, actor, form)
        slug, title = form.get("collection", ""), form.get("title", "").strip()
        try:
            if title:
                slug = collections.create(actor, Draft(actor.name, title)).slug
            elif not slug:
                raise Invalid("Choose a collection, or give a new one a title.")
            editor = collections.editor(actor, slug)
            editor.add((repo.kind.value, repo.id), form.get("note", ""))
        except (Invalid, Conflict, Forbidden) as refused:
            return page(request, actor, form, refused.message)
        return site.redirect(request, f"/collections/{slug}")

    return [
        Route("/collections/add", show, needs=Need.READ, name="collect"),
        Route("/collections/add", site.csrf.posted(add), needs=Need.READ, methods=["POST"], name="add-to-collection"),
    ]


def _repo(repos: Repos, actor: Actor, form: Form) -> Repo:
    """The repository that the form speaks of. Raises NotFound as for any that the actor may not see."""
    kind = next((kind for kind in GIT_KINDS if kind == form.get("kind")), None)
    if kind is None:
        raise NotFound("There is no such page.")
    namespace, _, name = form.get("id", "").partition("/")
    return repos.reader(actor, RepoId(kind, namespace, name)).repo
