"""The views of a profile beside its overview: lists of people, likes and events, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from starlette.requests import Request

from freehold.asgi import paging
from freehold.asgi.identity import identity
from freehold.core.accounts.relations import FIRST, Known, Mark, Relations
from freehold.core.catalog.activity import Event
from freehold.core.catalog.catalog import Catalog
from freehold.core.catalog.likes import Liked

PAGE = 50


class View(StrEnum):
    """What a profile shows; the value is the word in its address."""

    OVERVIEW = "overview"
    COLLECTIONS = "collections"
    LIKES = "likes"
    ACTIVITY = "activity"
    FOLLOWERS = "followers"
    FOLLOWING = "following"
    MEMBERS = "members"


@dataclass(frozen=True, slots=True)
class Lists:
    """The list of a view, the others empty; `next` is the cursor of the page behind this one."""

    people: Sequence[Known] = ()
    likes: Sequence[Liked] = ()
    events: Sequence[Event] = ()
    later: bool = False
    """Whether this is not the first page."""
    next: str = ""


EMPTY = Lists()


def page_of(request: Request, relations: Relations, catalog: Catalog, account: Known, view: View) -> Lists:
    """One page of the view, as far as the visitor may see it."""
    actor, text = identity(request), request.query_params.get("after")
    after: Mark = paging.decode_cursor(text, paging.Mark) if text else FIRST
    if view is View.LIKES:
        likes = catalog.likes.liked(actor, account.id, after, PAGE + 1)
        return Lists(likes=likes[:PAGE], later=bool(text), next=_next([like.mark for like in likes]))
    if view is View.ACTIVITY:
        events = catalog.recent(actor, account.id, after=after, limit=PAGE + 1)
        return Lists(events=events[:PAGE], later=bool(text), next=_next([event.mark for event in events]))
    listing = {
        View.FOLLOWERS: relations.followers,
        View.FOLLOWING: relations.following,
        View.MEMBERS: relations.members,
    }.get(view)
    if listing is None:
        return EMPTY
    people = listing(account.id, after, PAGE + 1)
    return Lists(people=people[:PAGE], later=bool(text), next=_next([one.mark for one in people]))


def _next(marks: Sequence[Mark]) -> str:
    return paging.encode_cursor(marks[PAGE - 1]) if len(marks) > PAGE else ""
