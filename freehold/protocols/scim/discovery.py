"""What a directory can find out about this service: its abilities, kinds of resources and schemas."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from freehold.base.errors import NotFound
from freehold.protocols.scim.answers import document, listing
from freehold.wire.scim.schemas import SCHEMAS, Schema

MOST = 1000
"""How many resources an answer holds at most."""
_CORE = "urn:ietf:params:scim:schemas:core:2.0:"


def abilities(base: str) -> dict[str, Any]:
    """`/ServiceProviderConfig`."""
    return {
        "schemas": [f"{_CORE}ServiceProviderConfig"],
        "patch": {"supported": True},
        "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": MOST},
        "changePassword": {"supported": False},
        "sort": {"supported": False},
        "etag": {"supported": True},
        "authenticationSchemes": [{
            "type": "oauthbearertoken", "name": "A directory's token", "primary": True,
            "description": "Made by the hub's operator: freehold scim token NAME",
        }],
        "meta": {"resourceType": "ServiceProviderConfig", "location": f"{base}/ServiceProviderConfig"},
    }  # fmt: skip


def kind(base: str, schema: Schema) -> dict[str, Any]:
    """One of `/ResourceTypes`."""
    return {
        "schemas": [f"{_CORE}ResourceType"], "id": schema.name, "name": schema.name, "endpoint": schema.endpoint,
        "description": schema.description, "schema": schema.urn,
        "meta": {"resourceType": "ResourceType", "location": f"{base}/ResourceTypes/{schema.name}"},
    }  # fmt: skip


def shape(base: str, schema: Schema) -> dict[str, Any]:
    """One of `/Schemas`."""
    return {
        "schemas": [f"{_CORE}Schema"], "id": schema.urn, "name": schema.name, "description": schema.description,
        "attributes": [attribute.described() for attribute in schema.attributes],
        "meta": {"resourceType": "Schema", "location": f"{base}/Schemas/{schema.urn}"},
    }  # fmt: skip


def all_of(described: Callable[[str, Schema], dict[str, Any]], base: str) -> Response:
    """Every schema, described in one of the two ways."""
    found = [described(base, schema) for schema in SCHEMAS]
    return listing(found, len(found), 1, {})


def one_of(described: Callable[[str, Schema], dict[str, Any]], base: str, request: Request) -> Response:
    """The one that the address names. Raises NotFound."""
    for schema in SCHEMAS:
        said = described(base, schema)
        if said["id"].lower() == request.path_params["name"].lower():
            return document(said)
    raise NotFound("There is nothing of this name here.")
