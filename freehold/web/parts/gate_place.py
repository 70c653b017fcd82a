"""A collection as the place of a gate, found from the address of a request."""

from starlette.requests import Request

from freehold.asgi.identity import identity
from freehold.core.repos.gate_groups import Place
from freehold.core.repos.repo import Repo
from freehold.features.collections.collections import Collections

HERE = "/collections/{ns:seg}/{slug:seg}"


def place_of(collections: Collections, request: Request) -> Place:
    """The collection of the address. Raises NotFound for one that the caller may not see."""
    slug = f"{request.path_params['ns']}/{request.path_params['slug']}"
    one = collections.find(identity(request), slug)
    return Place(one.id, one.owner_id, f"collections/{one.slug}", one.title)


def items_of(collections: Collections, request: Request) -> list[Repo]:
    """The repositories in it that the caller may see."""
    actor, slug = identity(request), f"{request.path_params['ns']}/{request.path_params['slug']}"
    shown = collections.show(actor, collections.find(actor, slug))
    return [item.repo for item in shown.items if item.repo is not None]
