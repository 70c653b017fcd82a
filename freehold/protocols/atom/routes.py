"""The addresses of the feeds: of lists, of a repository's history and talk, of a person or an organisation."""

from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.ids import GIT_KINDS
from freehold.core.accounts.relations import Relations
from freehold.core.catalog.catalog import Catalog
from freehold.core.repos.repos import Repos
from freehold.features.discussions.discussions import Discussions
from freehold.protocols.atom.accounts import AccountFeeds
from freehold.protocols.atom.listings import ListingFeeds
from freehold.protocols.atom.repositories import RepositoryFeeds


def routes(repos: Repos, catalog: Catalog, relations: Relations, discussions: Discussions) -> list[Route]:
    """Every feed; each shows what the caller may see."""
    listings, accounts = ListingFeeds(catalog), AccountFeeds(relations, catalog)
    of_repo = RepositoryFeeds(repos, discussions)
    return [
        *(Route(f"/{kind.plural}/feed.atom", listings.feed, needs=Need.NOTHING) for kind in GIT_KINDS),
        Route("/users/{user:seg}/feed.atom", accounts.of_user, needs=Need.NOTHING),
        Route("/organizations/{org:seg}/feed.atom", accounts.of_org, needs=Need.NOTHING),
        # Models have no prefix and so fit other kinds' addresses too: they come last.
        *(
            Route(f"/{kind.prefix}{{ns:seg}}/{{name:seg}}/feeds/{name}.atom", endpoint, needs=Need.READ)
            for kind in reversed(GIT_KINDS)
            for name, endpoint in (("commits", of_repo.commits), ("discussions", of_repo.discussions_of))
        ),
    ]
