"""The table of contents of SCIM."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.bodies import taking_bytes
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import NotFound
from freehold.core.accounts.directory.credentials import Credentials
from freehold.core.accounts.directory.groups import DirectoryGroups, Group
from freehold.core.accounts.directory.people import DirectoryPeople, Person
from freehold.protocols.scim import answers, discovery
from freehold.protocols.scim.answers import in_scim_shape
from freehold.protocols.scim.endpoints import Door, Endpoints, base_of, search_everything
from freehold.wire.scim.schemas import GROUPS, USERS

MAX_BODY = 4 << 20
_ROOT = "/scim/v2"


def routes(credentials: Credentials, people: DirectoryPeople, groups: DirectoryGroups) -> list[Route]:
    """Every route; each wants a directory's token."""
    door = Door(credentials)
    users = Endpoints[Person](door, USERS, people, answers.user, "username")
    teams = Endpoints[Group](door, GROUPS, groups, answers.group, "displayname")

    def search(request: Request, body: bytes) -> Response:
        return search_everything(door, (users, teams), request, body)

    def missing(request: Request) -> Response:
        door.actor(request)
        raise NotFound("There is no such endpoint. ServiceProviderConfig and ResourceTypes say what is here.")

    return [
        *_discovery(door),
        *_resources("/Users", users),
        *_resources("/Groups", teams),
        Route(f"{_ROOT}/.search", taking_bytes(in_scim_shape(search), MAX_BODY), needs=Need.LINK, methods=["POST"]),
        Route(f"{_ROOT}/{{rest:rest}}", in_scim_shape(missing), needs=Need.LINK),
    ]


def _discovery(door: Door) -> list[Route]:
    def known(answer: Callable[[Request], Response]) -> Callable[[Request], Response]:
        def asked(request: Request) -> Response:
            door.actor(request)
            return answer(request)

        return in_scim_shape(asked)

    table = {
        "/ServiceProviderConfig": lambda request: answers.document(discovery.abilities(base_of(request))),
        "/ResourceTypes": lambda request: discovery.all_of(discovery.kind, base_of(request)),
        "/ResourceTypes/{name:seg}": lambda request: discovery.one_of(discovery.kind, base_of(request), request),
        "/Schemas": lambda request: discovery.all_of(discovery.shape, base_of(request)),
        "/Schemas/{name:seg}": lambda request: discovery.one_of(discovery.shape, base_of(request), request),
    }
    return [Route(_ROOT + path, known(answer), needs=Need.LINK) for path, answer in table.items()]


def _resources(path: str, doors: Endpoints[Any]) -> list[Route]:
    def plain(way: str, endpoint: Callable[[Request], Response], method: str) -> Route:
        return Route(_ROOT + path + way, in_scim_shape(endpoint), needs=Need.LINK, methods=[method])

    def with_body(way: str, endpoint: Callable[[Request, bytes], Response], method: str) -> Route:
        taking = taking_bytes(in_scim_shape(endpoint), MAX_BODY)
        return Route(_ROOT + path + way, taking, needs=Need.LINK, methods=[method])

    return [
        with_body("/.search", doors.search_by_body, "POST"),
        plain("", doors.search, "GET"),
        with_body("", doors.add, "POST"),
        plain("/{id:seg}", doors.get, "GET"),
        with_body("/{id:seg}", doors.replace, "PUT"),
        with_body("/{id:seg}", doors.patch, "PATCH"),
        plain("/{id:seg}", doors.remove, "DELETE"),
    ]
