"""People and organisations as others see them: overviews, who follows whom, who belongs where, what happened lately."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msgspec import UNSET, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi import paging
from freehold.asgi.identity import identity
from freehold.asgi.urls import avatar_url
from freehold.base.clock import iso
from freehold.base.errors import Invalid, NotBuilt, NotFound
from freehold.base.ids import RepoKind
from freehold.core.accounts.orgs.orgs import Orgs
from freehold.core.accounts.people import People
from freehold.core.accounts.relations import FIRST, Known, Mark, Relations
from freehold.core.catalog import activity
from freehold.core.catalog.catalog import Catalog
from freehold.protocols.hub.answer import json, page
from freehold.wire.hub import accounts as wire

PAGE = 100
_FEED_PAGE, _MOST_IN_FEED = 20, 100

Listing = Callable[[str, Mark, int], Sequence[Known]]


@dataclass(frozen=True, slots=True)
class AccountEndpoints:
    """Endpoints about accounts."""

    people: People
    relations: Relations
    catalog: Catalog
    orgs: Orgs

    def user(self, request: Request) -> Response:
        """`GET /api/users/{user}/overview`."""
        account, actor = known_user(self.relations, request), identity(request)
        counts, repos = self.relations.counts(account.id), self.catalog.counts(actor, account.id)
        answer = wire.UserOverview(
            object_id=account.id,
            user=account.name,
            fullname=account.full_name or account.name,
            avatar_url=avatar_url(request, account.name),
            created_at=iso(account.at),
            num_models=repos[RepoKind.MODEL],
            num_datasets=repos[RepoKind.DATASET],
            num_spaces=repos[RepoKind.SPACE],
            num_kernels=repos[RepoKind.KERNEL],
            num_likes=self.catalog.likes.count_liked(actor, account.id),
            num_followers=counts.followers,
            num_following=counts.following,
            is_following=self.relations.follows(actor, account.id),
            orgs=[
                wire.OrgLine(org.id, org.name, org.full_name or org.name, avatar_url(request, org.name))
                for org in self.people.orgs_of(account.id)
            ],
            details=account.about or UNSET,
            website=account.website or UNSET,
            looks_like=self._looks_like(account.name),
        )
        return json(answer)

    def org(self, request: Request) -> Response:
        """`GET /api/organizations/{org}/overview`."""
        account, actor = known_org(self.relations, request), identity(request)
        counts, repos = self.relations.counts(account.id), self.catalog.counts(actor, account.id)
        answer = wire.OrgOverview(
            object_id=account.id,
            name=account.name,
            fullname=account.full_name or account.name,
            avatar_url=avatar_url(request, account.name),
            created_at=iso(account.at),
            num_users=counts.members,
            num_models=repos[RepoKind.MODEL],
            num_datasets=repos[RepoKind.DATASET],
            num_spaces=repos[RepoKind.SPACE],
            num_kernels=repos[RepoKind.KERNEL],
            num_followers=counts.followers,
            is_following=self.relations.follows(actor, account.id),
            is_verified=bool(self.orgs.domains.of(account.id)),
            details=account.about or UNSET,
            website=account.website or UNSET,
            looks_like=self._looks_like(account.name),
        )
        return json(answer)

    def _looks_like(self, name: str) -> str | UnsetType:
        real = self.orgs.lookalikes.of(name)
        return UNSET if real is None else real.name

    def user_followers(self, request: Request) -> Response:
        """`GET /api/users/{user}/followers`."""
        return self._lines(request, known_user(self.relations, request), self.relations.followers)

    def user_following(self, request: Request) -> Response:
        """`GET /api/users/{user}/following`: people and organisations."""
        return self._lines(request, known_user(self.relations, request), self.relations.following)

    def org_followers(self, request: Request) -> Response:
        """`GET /api/organizations/{org}/followers`."""
        return self._lines(request, known_org(self.relations, request), self.relations.followers)

    def org_members(self, request: Request) -> Response:
        """`GET /api/organizations/{org}/members`."""
        return self._lines(request, known_org(self.relations, request), self.relations.members)

    def recent_activity(self, request: Request) -> Response:
        """`GET /api/recent-activity?feedType=user|org&entity=…`: of what the caller may see, newest first."""
        account = self._entity(request)
        most = paging.limit(request, _FEED_PAGE, _MOST_IN_FEED)
        after = paging.cursor(request, paging.Mark) or activity.FIRST
        found = self.catalog.recent(identity(request), account.id, _kinds(request), after=after, limit=most + 1)
        shown = found[:most]
        who = self.relations.known([event.account_id for event in shown])
        lines = [_event(request, event, who.get(event.account_id, account)) for event in shown]
        cursor = paging.encode_cursor(shown[-1].mark) if len(found) > most else UNSET
        return json(wire.RecentActivity(lines, cursor))

    def _entity(self, request: Request) -> Known:
        feed, entity = request.query_params.get("feedType", ""), request.query_params.get("entity", "")
        if feed in ("following", "all"):
            raise NotBuilt("This hub has no feed of many accounts yet. Ask with feedType=user or org for one of them.")
        if feed not in ("user", "org") or not entity:
            raise Invalid("Send feedType=user or feedType=org, and entity: the name of the user or organisation.")
        return _known(self.relations, entity, feed)

    def _lines(self, request: Request, account: Known, listing: Listing) -> Response:
        most = paging.limit(request, PAGE)
        found = listing(account.id, paging.cursor(request, paging.Mark) or FIRST, most + 1)
        shown = found[:most]
        followed = self.relations.followed_among(identity(request), [one.id for one in shown])
        lines = [account_line(request, one, is_following=one.id in followed) for one in shown]
        return page(lines, paging.next_link(request, shown[-1].mark) if len(found) > most else None)


def known_user(relations: Relations, request: Request) -> Known:
    """The person whom the path names. Raises NotFound."""
    return _known(relations, request.path_params["user"], "user")


def known_org(relations: Relations, request: Request) -> Known:
    """The organisation that the path names. Raises NotFound."""
    return _known(relations, request.path_params["org"], "org")


def _known(relations: Relations, name: str, kind: str) -> Known:
    account = relations.by_name(name)
    if account is None or account.kind != kind:
        raise NotFound(f"There is no {'organisation' if kind == 'org' else 'user'} of this name.")
    return account


def account_line(request: Request, account: Known, *, is_following: bool) -> wire.AccountLine:
    """An account in a list."""
    return wire.AccountLine(
        account.id,
        account.name,
        account.full_name or account.name,
        avatar_url(request, account.name),
        account.kind,
        is_following,
    )


def _kinds(request: Request) -> Sequence[activity.What]:
    """Which events are asked for."""
    asked = request.query_params.get("activityType", "")
    if asked in ("", "all"):
        return activity.KINDS
    kinds = [kind for kind in activity.KINDS if asked == kind]
    if not kinds:
        raise NotBuilt(f"This hub keeps no activity of this type. activityType is one of {', '.join(activity.KINDS)}.")
    return kinds


def _event(request: Request, event: activity.Event, who: Known) -> wire.Activity:
    repo = event.repo
    org = UNSET if who.kind == "user" else _org_line(request, who)
    return wire.Activity(
        iso(event.at),
        event.what,
        who.name,
        avatar_url(request, who.name),
        repo.repo_id.full,
        repo.kind.value,
        {
            "id": repo.repo_id.full,
            "author": repo.namespace,
            "private": repo.private,
            "gated": repo.gated or False,
            "lastModified": iso(repo.updated_at),
        },
        org,
    )


def _org_line(request: Request, org: Known) -> wire.OrgLine:
    return wire.OrgLine(org.id, org.name, org.full_name or org.name, avatar_url(request, org.name))
