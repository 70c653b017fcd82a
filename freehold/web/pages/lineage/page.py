"""A model's tree as a list: what it was made from, and all that was made from it, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.core.catalog.catalog import Catalog
from freehold.core.catalog.lineage import Child
from freehold.core.repos.repos import Repos
from freehold.web.parts.head import RepoHead, head_of, repo_id, templates
from freehold.web.parts.lineage import MADE, MADE_ONE, Tree, tree_of
from freehold.web.site import Site

PAGE = 30


@dataclass(frozen=True, slots=True)
class LineagePage:
    """`relation` narrows the list, empty if it does not; `first` and `next` are queries of neighbouring pages."""

    head: RepoHead
    tree: Tree | None
    relation: str
    children: Sequence[Child]
    words: dict[str, str]
    first: str
    next: str


def routes(site: Site, repos: Repos, catalog: Catalog) -> list[Route]:
    """`/{namespace}/{name}/lineage`."""

    def show(request: Request) -> Response:
        actor = identity(request)
        reader = repos.reader(actor, repo_id(request))
        if not reader.hidden:
            catalog.entry(reader)  # what has just been committed counts
        asked = request.query_params
        relation = asked.get("relation", "") if asked.get("relation") in MADE else ""
        after = asked.get("after", "")
        found = catalog.lineage.children(actor, reader.repo, relation, after=after, limit=PAGE + 1)
        kept = {"relation": relation} if relation else {}
        page = LineagePage(
            head_of(reader),
            tree_of(catalog.lineage, actor, reader.repo),
            relation,
            found[:PAGE],
            MADE_ONE,
            "?" + urlencode(kept) if after else "",
            "?" + urlencode({**kept, "after": found[PAGE - 1].cursor}) if len(found) > PAGE else "",
        )
        return site.page(request, "pages/lineage/page.html", page, section=reader.repo.kind.plural)

    of_models = templates("/lineage")[-1]  # the others say the kind before the name
    return [Route(of_models, show, needs=Need.READ, name="lineage")]
