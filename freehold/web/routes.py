"""Every page's address, in the order in which they are tried: words of the hub's own before people's names."""

from collections.abc import Sequence

from freehold.asgi.routing import Route
from freehold.core.accounts.orgs.orgs import Orgs
from freehold.core.accounts.people import People
from freehold.core.accounts.relations import Relations
from freehold.core.accounts.trail.chain import Chain
from freehold.core.accounts.trail.reading import Trail
from freehold.core.catalog.catalog import Catalog
from freehold.core.facts.facts import Facts
from freehold.core.repos.gate_groups import GateGroups
from freehold.core.repos.gating import Gating
from freehold.core.repos.repos import Repos
from freehold.features.collections.collections import Collections
from freehold.features.discussions.discussions import Discussions
from freehold.features.notices.notices import Notices
from freehold.web import account, avatars, choices, previews
from freehold.web.pages.access import page as access
from freehold.web.pages.admin import page as admin
from freehold.web.pages.api_reference import page as api_reference
from freehold.web.pages.audit import page as audit
from freehold.web.pages.blame import page as blame
from freehold.web.pages.bucket import page as bucket
from freehold.web.pages.bucket_settings import page as bucket_settings
from freehold.web.pages.buckets import page as buckets
from freehold.web.pages.collect import page as collect
from freehold.web.pages.collection import page as collection
from freehold.web.pages.collection_access import page as collection_access
from freehold.web.pages.collection_gate import page as collection_gate
from freehold.web.pages.collections import page as collections_page
from freehold.web.pages.commit import page as commit
from freehold.web.pages.compare import page as compare
from freehold.web.pages.deploy_keys import page as deploy_keys
from freehold.web.pages.discussion import page as discussion
from freehold.web.pages.discussions import page as discussions_page
from freehold.web.pages.edit import page as edit
from freehold.web.pages.file import page as file
from freehold.web.pages.files import page as files
from freehold.web.pages.gate import page as gate
from freehold.web.pages.history import page as history
from freehold.web.pages.home import page as home
from freehold.web.pages.identity import page as identity_page
from freehold.web.pages.likers import page as likers
from freehold.web.pages.lineage import page as lineage
from freehold.web.pages.listing import page as listing
from freehold.web.pages.memberships import page as memberships
from freehold.web.pages.new import page as new
from freehold.web.pages.notifications import page as notifications
from freehold.web.pages.organization import page as organization
from freehold.web.pages.profile import page as profile
from freehold.web.pages.publishers import page as publishers
from freehold.web.pages.repo import page as repo
from freehold.web.pages.report import page as report
from freehold.web.pages.requests import page as requests
from freehold.web.pages.search import page as search
from freehold.web.pages.settings import page as settings
from freehold.web.pages.storage import page as storage_page
from freehold.web.pages.style import page as style
from freehold.web.pages.upload import page as upload
from freehold.web.pages.webhooks import page as webhooks
from freehold.web.site import Site


def routes(
    site: Site,
    repos: Repos,
    *,
    people: People,
    entry: account.Rooms,
    catalog: Catalog,
    facts: Facts,
    notices: Notices,
    gating: Gating,
    relations: Relations,
    collections: Collections,
    discussions: Discussions,
    trail: Trail,
    chain: Chain,
    orgs: Orgs,
    tools: admin.Tools,
    api: Sequence[api_reference.Line],
) -> list[Route]:
    """The pages."""
    return [
        *choices.routes(site),
        *admin.routes(tools),
        *api_reference.routes(site, api),
        *report.routes(site, report.Rooms(tools.moderation.reports, repos, people, discussions)),
        *style.routes(site),
        *(*previews.routes(site.hub_name, repos, relations, catalog), site.assets.route(), avatars.route()),
        *home.routes(site, home.Rooms(catalog, people, relations)),
        *collections_page.routes(site, collections, people),
        *collect.routes(site, repos, collections, people),
        *_of_collections(site, collections, gating.groups),
        *listing.routes(site, catalog),
        *search.routes(site, search.Rooms(catalog, relations, collections, repos.buckets)),
        *account.routes(site, entry),
        *organization.routes(site, orgs, entry.tokens, repos),
        *memberships.routes(site, people, orgs),
        *storage_page.routes(site, repos, people),
        *audit.routes(site, trail, chain),
        *webhooks.routes(site, notices.webhooks, notices.deliveries),
        *notifications.routes(site, notices.inbox, notices.threads),
        *new.routes(site, repos, people),
        *_of_buckets(site, repos, people),
        *_of_files(site, repos, facts, entry),
        *discussions_page.routes(site, repos, discussions),
        *discussion.routes(site, repos, discussions),
        *_of_gates(site, repos, gating, people),
        *(*likers.routes(site, repos, catalog.likes, relations), *lineage.routes(site, repos, catalog)),
        *repo.routes(site, repo.Rooms(repos, facts, gating, catalog, orgs.lookalikes)),
        *profile.routes(site, profile.Rooms(people, relations, catalog, collections, repos, orgs)),
    ]


def _of_gates(site: Site, repos: Repos, gating: Gating, people: People) -> list[Route]:
    """Gates of repositories, from both sides."""
    return [
        *gate.routes(site, repos, gating),
        *access.routes(site, repos, gating),
        *requests.routes(site, gating),
        *identity_page.routes(site, gating.identities, people),
    ]


def _of_collections(site: Site, collections: Collections, groups: GateGroups) -> list[Route]:
    """Collections, and the gates that some of them have."""
    return [
        *collection_gate.routes(site, collections, groups),
        *collection_access.routes(site, collections, groups),
        *collection.routes(site, collections, groups),
    ]


def _of_buckets(site: Site, repos: Repos, people: People) -> list[Route]:
    """Buckets, their files, and their settings."""
    return [
        *buckets.routes(site, repos.buckets),
        *bucket_settings.routes(site, repos, people),
        *bucket.routes(site, repos.buckets),
    ]


def _of_files(site: Site, repos: Repos, facts: Facts, entry: account.Rooms) -> list[Route]:
    """What a repository holds and held, and its settings."""
    return [
        *settings.routes(site, repos, entry.people),
        *publishers.routes(site, repos, entry.oauth.publishers),
        *deploy_keys.routes(site, repos, entry.keys.deploy, entry.ssh),
        *files.routes(site, repos, facts),
        *file.routes(site, repos, facts),
        *(*blame.routes(site, repos), *compare.routes(site, repos)),
        *(*edit.routes(site, repos), *upload.routes(site, repos)),
        *history.routes(site, repos),
        *commit.routes(site, repos),
    ]
