"""A repository's own page: its card, what is known of it, and how to use it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.asgi.urls import base_url
from freehold.base.errors import TooLarge
from freehold.base.ids import Oid
from freehold.base.words import later
from freehold.core.accounts.orgs.lookalikes import Lookalikes, Real
from freehold.core.catalog.catalog import Catalog
from freehold.core.facts.facts import Facts
from freehold.core.repos.entries import Commit
from freehold.core.repos.gating import Gating
from freehold.core.repos.reader import RepoReader
from freehold.core.repos.repos import Repos
from freehold.web.links import repo_path
from freehold.web.markdown import MAX_TEXT, Place, Rendered, render
from freehold.web.pages.repo.sidebar import Sidebar, sidebar_of
from freehold.web.pages.repo.traits import traits_of
from freehold.web.parts.gate import GateBox, repo_gate_box
from freehold.web.parts.head import RepoHead, head_of, repo_id, templates
from freehold.web.parts.likes import Likes, likes_of
from freehold.web.parts.lineage import Tree, tree_of
from freehold.web.parts.spark import Spark, spark_of
from freehold.web.parts.weights import Weights, weights_of
from freehold.web.site import Site, root_of
from freehold.web.snippets.snippets import grouped, snippets
from freehold.web.snippets.ways import Group, Snippet
from freehold.wire.cards import parse_card

README = "README.md"
_CARD_BYTES = 4 * MAX_TEXT


@dataclass(frozen=True, slots=True)
class Around:
    """What does not come from the files: its use, what the gate says to the visitor, and its relatives."""

    likes: Likes
    spark: Spark
    gate: GateBox | None
    tree: Tree | None
    real: Real | None
    """The verified organisation that the owner may be mistaken for."""


@dataclass(frozen=True, slots=True)
class RepoPage:
    """`is_empty`: there is nothing but what the hub itself put there."""

    head: RepoHead
    sidebar: Sidebar
    weights: Weights | None
    ways: Sequence[tuple[Group, Sequence[Snippet]]]
    card: Rendered | None
    """None without a README; `problem` then says whether there is one that is too long."""
    problem: str
    last_commit: Commit | None
    is_empty: bool
    around: Around


@dataclass(frozen=True, slots=True)
class Rooms:
    """Where the page's parts come from."""

    repos: Repos
    facts: Facts
    gating: Gating
    catalog: Catalog
    lookalikes: Lookalikes


def routes(site: Site, rooms: Rooms) -> list[Route]:
    """`/{namespace}/{name}`, `/datasets/…`, `/spaces/…`, `/kernels/…`."""

    catalog = rooms.catalog

    def repo(request: Request) -> Response:
        reader = rooms.repos.reader(identity(request), repo_id(request))
        commit = None if reader.hidden else reader.revision().commit
        spark = spark_of(catalog.downloads, reader.repo.id, catalog.popularity(reader))
        if commit is not None:
            catalog.entry(reader)  # so that what has just been committed is in the tree
        tree = tree_of(catalog.lineage, identity(request), reader.repo)
        around = Around(
            likes_of(catalog.likes, reader),
            spark,
            repo_gate_box(rooms.gating, reader, request),
            tree,
            rooms.lookalikes.of(reader.repo.namespace),
        )
        page = _page(reader, commit, rooms.facts, request, around)
        return site.page(request, "pages/repo/page.html", page, section=reader.repo.kind.plural)

    return [Route(template, repo, needs=Need.READ, name="repo") for template in templates("")]


def _page(reader: RepoReader, commit: Oid | None, facts: Facts, request: Request, around: Around) -> RepoPage:
    known: Mapping[str, Mapping[str, Any]] = facts.all(reader, commit) if commit else {}
    names = frozenset(entry.path for entry in reader.tree(commit, limit=500) if entry.kind == "file") if commit else ()
    card, problem = _card(reader, commit, root_of(request)) if commit and README in names else (None, "")
    problem = known.get("card", {}).get("problem", "") or problem
    traits = traits_of(reader.repo, base_url(request), known, frozenset(names))
    return RepoPage(
        head_of(reader),
        sidebar_of(reader.repo, known),
        weights_of(known, request.query_params.get("memory", "")),
        grouped(snippets(traits)),
        card,
        problem,
        next(iter(reader.commits(commit, limit=1)), None) if commit else None,
        is_empty=not reader.hidden and not set(names) - {".gitattributes"},
        around=around,
    )


def _card(reader: RepoReader, commit: Oid, root: str) -> tuple[Rendered | None, str]:
    try:
        content = reader.open_bytes(commit, README, _CARD_BYTES)
    except TooLarge:
        return None, later("The card is too long to be shown here.")
    repo = reader.repo.repo_id
    # Files are linked by branch, so that a copied link stays current; bytes by commit, so that they match the text.
    place = Place(root + repo_path(repo, "blob", "main") + "/", root + repo_path(repo, "resolve", commit) + "/", README)
    return render(parse_card(content).body, place), ""
