"""Feeds of what people and organisations publish, change and like, of all that the caller may see."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.urls import path_url
from freehold.base.errors import NotFound
from freehold.core.accounts.relations import Known, Relations
from freehold.core.catalog.activity import Event
from freehold.core.catalog.catalog import Catalog
from freehold.protocols.atom.answers import PAGE, answer, here, tag
from freehold.wire import atom

_SAID = {"publish": "published", "update": "updated", "like": "liked"}


@dataclass(frozen=True, slots=True)
class AccountFeeds:
    """`/users/{user}/feed.atom` and `/organizations/{org}/feed.atom`."""

    relations: Relations
    catalog: Catalog

    def of_user(self, request: Request) -> Response:
        """What one person does."""
        return self._feed(request, "user", request.path_params["user"])

    def of_org(self, request: Request) -> Response:
        """What an organisation does."""
        return self._feed(request, "org", request.path_params["org"])

    def _feed(self, request: Request, kind: str, name: str) -> Response:
        account = self.relations.by_name(name)
        if account is None or account.kind != kind:
            raise NotFound("There is no user or organisation of this name.")
        events = self.catalog.recent(identity(request), account.id, limit=PAGE)
        return answer(
            request,
            atom.Feed(
                tag(request, "activity", account.id),
                f"Activity of {account.full_name or account.name}",
                path_url(request, account.name),
                here(request),
                [_entry(request, account, event) for event in events],
                account.at,
            ),
        )


def _entry(request: Request, account: Known, event: Event) -> atom.Entry:
    repo = event.repo
    # A repository is updated often: each time is an event of its own, the same as long as it is the newest.
    marks = [event.what, repo.id, *([str(event.at)] if event.what == "update" else []), account.id]
    return atom.Entry(
        tag(request, "event", *marks),
        f"{account.name} {_SAID[event.what]} the {repo.kind.value} {repo.repo_id.full}",
        path_url(request, repo.repo_id.path),
        event.at,
        account.name,
    )
