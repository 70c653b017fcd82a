"""Who likes a repository, and the button's form."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi import paging
from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.core.accounts.relations import Known, Relations
from freehold.core.catalog.likes import FIRST, Likes, Mark
from freehold.core.repos.repos import Repos
from freehold.web.forms import Form
from freehold.web.links import repo_path
from freehold.web.parts.head import RepoHead, head_of, repo_id, templates
from freehold.web.signed_in import signed_in
from freehold.web.site import Site

PAGE = 50


@dataclass(frozen=True, slots=True)
class LikersPage:
    """`next` is the query of the page behind this one, empty if there is none."""

    head: RepoHead
    people: Sequence[Known]
    count: int
    first: str
    next: str


def routes(site: Site, repos: Repos, likes: Likes, relations: Relations) -> list[Route]:
    """`…/likers` and `…/like`."""

    def show(request: Request) -> Response:
        reader = repos.reader(identity(request), repo_id(request))
        after = _after(request)
        found = likes.likers(reader, after, PAGE + 1)
        accounts = relations.known([liker.account_id for liker in found[:PAGE]])
        page = LikersPage(
            head_of(reader),
            [accounts[liker.account_id] for liker in found[:PAGE] if liker.account_id in accounts],
            likes.count(reader),
            "?" if after != FIRST else "",
            f"?after={paging.encode_cursor(found[PAGE - 1].mark)}" if len(found) > PAGE else "",
        )
        return site.page(request, "pages/likers/page.html", page, section=reader.repo.kind.plural)

    def like(request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        reader = repos.reader(actor, repo_id(request))
        likes.set(reader, likes=form.get("likes") == "yes")
        return site.redirect(request, repo_path(reader.repo.repo_id))

    shown = [Route(path, show, needs=Need.READ, name="likers") for path in templates("/likers")]
    liked = [
        Route(path, site.csrf.posted(like), needs=Need.PROPOSE, methods=["POST"], name="like")
        for path in templates("/like")
    ]
    return [*shown, *liked]


def _after(request: Request) -> Mark:
    text = request.query_params.get("after")
    mark: Mark = paging.decode_cursor(text, paging.Mark) if text else FIRST
    return mark
