"""The endpoints of people and of groups: both read, search and change in the same way."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import token_in
from freehold.asgi.urls import base_url
from freehold.base.errors import BadCredentials, NotBuilt
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.directory.credentials import INVALID, Credentials
from freehold.protocols.scim.answers import demand_version, is_known, listing, resource
from freehold.protocols.scim.discovery import MOST
from freehold.wire.scim.errors import ScimInvalid
from freehold.wire.scim.filters import Filter, fits, needed, parse_filter
from freehold.wire.scim.patches import patched
from freehold.wire.scim.schemas import Schema, checked

_PORTION = 500
R = TypeVar("R")


class Kept(Protocol[R]):
    """People or groups, as a directory keeps them."""

    def get(self, id_: str, /) -> R: ...
    def count(self) -> int: ...
    def page(self, offset: int, limit: int) -> list[R]: ...
    def called(self, name: str, /) -> list[R]: ...
    def known_as(self, external_id: str) -> list[R]: ...
    def add(self, actor: Actor, document: Mapping[str, Any]) -> R: ...
    def change(self, actor: Actor, id_: str, edit: Callable[[R], Mapping[str, Any]], /) -> R: ...
    def remove(self, actor: Actor, id_: str, demand: Callable[[R], object], /) -> None: ...


@dataclass(frozen=True)
class Door:
    """Who comes in: a directory with its own token, and nobody else."""

    credentials: Credentials

    def actor(self, request: Request) -> Actor:
        """The directory. Raises BadCredentials."""
        secret = token_in(request)
        if secret is None:
            raise BadCredentials(INVALID)
        return self.credentials.identify(secret)


def base_of(request: Request) -> str:
    """Where these endpoints are, as the caller sees it."""
    return f"{base_url(request)}/scim/v2"


@dataclass(frozen=True)
class Endpoints(Generic[R]):
    """The endpoints of one kind; `name` is the attribute that no two share, in lower case."""

    door: Door
    schema: Schema
    kept: Kept[R]
    drawn: Callable[[str, R], dict[str, Any]]
    name: str

    def get(self, request: Request) -> Response:
        """One resource."""
        self.door.actor(request)
        said = self._drawn(request, self.kept.get(request.path_params["id"]))
        if is_known(request, said):
            return Response(status_code=304, headers={"ETag": said["meta"]["version"]})
        return resource(said, request.query_params)

    def search(self, request: Request) -> Response:
        """A page of all, or of what a filter chooses."""
        self.door.actor(request)
        return self._page(request, request.query_params)

    def search_by_body(self, request: Request, body: bytes) -> Response:
        """The same with the parameters in a body, so that they are in no log."""
        self.door.actor(request)
        return self._page(request, _query(body))

    def add(self, request: Request, body: bytes) -> Response:
        """A new one."""
        actor = self.door.actor(request)
        made = self.kept.add(actor, checked(self.schema, _object(body)))
        return resource(self._drawn(request, made), request.query_params, 201)

    def replace(self, request: Request, body: bytes) -> Response:
        """Another document for one that is there."""
        actor, document = self.door.actor(request), checked(self.schema, _object(body))

        def edit(found: R) -> Mapping[str, Any]:
            said = self._drawn(request, found)
            demand_version(request, said)
            # Whoever is shut out comes in again when somebody says so, not when somebody forgets to mention it.
            return {"active": False, **document} if said.get("active") is False else document

        return self._changed(request, actor, edit)

    def patch(self, request: Request, body: bytes) -> Response:
        """Changes to one that is there."""
        actor, given = self.door.actor(request), _object(body)

        def edit(found: R) -> Mapping[str, Any]:
            said = self._drawn(request, found)
            demand_version(request, said)
            return checked(self.schema, patched(self.schema, checked(self.schema, said), given))

        return self._changed(request, actor, edit)

    def remove(self, request: Request) -> Response:
        """End one."""
        actor = self.door.actor(request)

        def demand(found: R) -> None:
            demand_version(request, self._drawn(request, found))

        self.kept.remove(actor, request.path_params["id"], demand)
        return Response(status_code=204)

    def _changed(self, request: Request, actor: Actor, edit: Callable[[R], Mapping[str, Any]]) -> Response:
        changed = self.kept.change(actor, request.path_params["id"], edit)
        return resource(self._drawn(request, changed), request.query_params)

    def _drawn(self, request: Request, found: R) -> dict[str, Any]:
        return self.drawn(base_of(request), found)

    def _page(self, request: Request, query: Mapping[str, str]) -> Response:
        start, count = span_of(query)
        if text := query.get("filter"):
            chosen = self.chosen(request, parse_filter(text))
            return listing(chosen[start - 1 : start - 1 + count], len(chosen), start, query)
        found = self.kept.page(start - 1, count) if count else []
        return listing([self._drawn(request, one) for one in found], self.kept.count(), start, query)

    def chosen(self, request: Request, filter_: Filter | None) -> Sequence[dict[str, Any]]:
        """All that a filter chooses, or without one all there are."""
        drawn = (self._drawn(request, one) for one in self._candidates(filter_))
        return [said for said in drawn if filter_ is None or fits(filter_, said)]

    def _candidates(self, filter_: Filter | None) -> Iterator[R]:
        """All that the filter may choose; by index where it names a userName, displayName or externalId."""
        if filter_ is None:
            yield from self._all()
        elif (name := needed(filter_, self.name)) is not None:
            yield from self.kept.called(name)
        elif (external_id := needed(filter_, "externalid")) is not None:
            yield from self.kept.known_as(external_id)
        else:
            yield from self._all()

    def _all(self) -> Iterator[R]:
        offset = 0
        while found := self.kept.page(offset, _PORTION):
            yield from found
            offset += len(found)


def search_everything(door: Door, kinds: Sequence[Endpoints[Any]], request: Request, body: bytes) -> Response:
    """A page of what a filter chooses among people and groups alike."""
    door.actor(request)
    query = _query(body)
    start, count = span_of(query)
    filter_ = parse_filter(query["filter"]) if query.get("filter") else None
    found = [said for kind in kinds for said in kind.chosen(request, filter_)]
    return listing(found[start - 1 : start - 1 + count], len(found), start, query)


def span_of(query: Mapping[str, str]) -> tuple[int, int]:
    """Where a page begins, counted from 1, and how many it holds at most."""
    if query.get("sortBy"):
        raise NotBuilt("Results are not sorted here; ServiceProviderConfig says so.")
    return max(1, _number(query, "startIndex", 1)), min(MOST, max(0, _number(query, "count", 100)))


def _query(body: bytes) -> dict[str, str]:
    given = _object(body)
    lists = {name: ",".join(map(str, value)) for name, value in given.items() if isinstance(value, list)}
    return {name: str(value) for name, value in given.items() if value is not None} | lists


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, "")
    if not text:
        return default
    try:
        return max(-1, min(int(text), 10**9))
    except ValueError:
        raise ScimInvalid("invalidValue", f"{name} is a whole number.") from None


def _object(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise ScimInvalid("invalidSyntax", "The body is not JSON.") from None
    if not isinstance(given, dict):
        raise ScimInvalid("invalidSyntax", "The body is a JSON object.")
    return given
