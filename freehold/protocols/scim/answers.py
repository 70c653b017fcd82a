"""Answers in SCIM's shape: resources with their versions, lists, and errors by the words of RFC 7644."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from freehold.base.clock import iso
from freehold.base.errors import (
    BadCredentials,
    Conflict,
    Forbidden,
    HubError,
    Invalid,
    NotFound,
    Stale,
    TooLarge,
)
from freehold.core.accounts.directory.groups import Group
from freehold.core.accounts.directory.people import Person
from freehold.wire.scim.errors import ScimInvalid
from freehold.wire.scim.schemas import GROUP, USER

_ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
_LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
_STATUSES: tuple[tuple[type[HubError], int, str], ...] = (
    (Invalid, 400, "invalidValue"),
    (BadCredentials, 401, ""),
    (Forbidden, 403, ""),
    (NotFound, 404, ""),
    (Conflict, 409, "uniqueness"),
    (Stale, 412, ""),
    (TooLarge, 413, ""),
)
_ALWAYS = frozenset({"id", "schemas"})

Endpoint = Callable[..., Response]


def in_scim_shape(endpoint: Endpoint) -> Endpoint:
    """The endpoint, whose errors are said as SCIM's clients expect; those of the hub itself go their usual way."""

    def answer(*given: Any) -> Response:
        try:
            return endpoint(*given)
        except HubError as error:
            found = next((row for row in _STATUSES if isinstance(error, row[0])), None)
            if found is None:
                raise
            return refusal(found[1], error.message, error.kind if isinstance(error, ScimInvalid) else found[2])

    return answer


def refusal(status: int, words: str, kind: str = "") -> Response:
    """An error; `kind` is its `scimType`."""
    body = {"schemas": [_ERROR], "status": str(status), "detail": words} | ({"scimType": kind} if kind else {})
    headers = {"WWW-Authenticate": 'Bearer realm="SCIM"'} if status == 401 else {}
    return document(body, status, headers)


def document(body: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Any document."""
    given = {"Cache-Control": "no-store", **(headers or {})}
    return Response(_encoded(body), status, given, media_type="application/scim+json")


def user(base: str, person: Person) -> dict[str, Any]:
    """A person as a resource; `base` is `https://…/scim/v2`."""
    groups = [{"value": id_, "$ref": f"{base}/Groups/{id_}", "display": name} for id_, name in person.groups]
    said = {
        "schemas": [USER],
        "id": person.id,
        **person.document,
        "nickName": person.name,
        "profileUrl": f"{base.removesuffix('/scim/v2')}/{person.name}",
        "groups": groups,
    }
    return _with_meta(base, "User", said, person.created_at, person.updated_at)


def group(base: str, found: Group) -> dict[str, Any]:
    """A group as a resource."""
    members = [{"value": id_, "$ref": f"{base}/Users/{id_}", "type": "User"} for id_ in found.members]
    said = {"schemas": [GROUP], "id": found.id, **found.document, "members": members}
    return _with_meta(base, "Group", said, found.created_at, found.updated_at)


def resource(said: Mapping[str, Any], query: Mapping[str, str], status: int = 200) -> Response:
    """One resource with its version, or with what of it was asked for."""
    headers = {"ETag": said["meta"]["version"], "Location": said["meta"]["location"]}
    return document(_chosen(said, query), status, headers)


def listing(found: Sequence[Mapping[str, Any]], total: int, start: int, query: Mapping[str, str]) -> Response:
    """A page of resources; `start` counts from 1."""
    return document({
        "schemas": [_LIST], "totalResults": total, "startIndex": start, "itemsPerPage": len(found),
        "Resources": [_chosen(one, query) for one in found],
    })  # fmt: skip


def demand_version(request: Request, said: Mapping[str, Any]) -> None:
    """Raise Stale if the caller means another version than the one that is there."""
    wanted = request.headers.get("if-match")
    if wanted and wanted.strip() != "*" and said["meta"]["version"] not in [one.strip() for one in wanted.split(",")]:
        raise Stale("This has changed since you read it. Read it again, then repeat your change.")


def is_known(request: Request, said: Mapping[str, Any]) -> bool:
    """Whether the caller has this version already."""
    known = request.headers.get("if-none-match", "")
    return said["meta"]["version"] in [one.strip() for one in known.split(",")]


def _with_meta(base: str, kind: str, said: dict[str, Any], created_at: int, updated_at: int) -> dict[str, Any]:
    version = hashlib.sha256(_encoded(said)).hexdigest()[:16]
    said["meta"] = {
        "resourceType": kind, "created": iso(created_at), "lastModified": iso(updated_at),
        "location": f"{base}/{kind}s/{said['id']}", "version": f'W/"{version}"',
    }  # fmt: skip
    return said


def _chosen(said: Mapping[str, Any], query: Mapping[str, str]) -> dict[str, Any]:
    """What `attributes` or `excludedAttributes` leave; `name.familyName` means the whole name."""
    only, without = (_names(query.get(key, "")) for key in ("attributes", "excludedAttributes"))
    return {
        name: value
        for name, value in said.items()
        if name in _ALWAYS or (name.lower() in only if only else name.lower() not in without)
    }


def _names(text: str) -> set[str]:
    names = (name.strip().lower() for name in text.split(",") if name.strip())
    return {(name.rpartition(":")[2] if name.startswith("urn:") else name).partition(".")[0] for name in names}


def _encoded(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
