"""Answers in JSON, and the few forms that requests ask them in."""

from collections.abc import Mapping
from typing import Any

from msgspec.json import Encoder
from starlette.requests import Request
from starlette.responses import Response

_ENCODER = Encoder()


def json(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """`value` (Structs, dicts, lists) as a JSON answer."""
    return Response(_ENCODER.encode(value), status, headers, "application/json")


def page(items: list[Any], link: str | None) -> Response:
    """One page of a list; `link` leads to the next one."""
    return json(items, headers={"Link": link} if link else None)


def flag(request: Request, name: str) -> bool:
    """A boolean of the query: `true` or `1`, in any case."""
    return truth(request.query_params.get(name, ""))


def truth(text: str) -> bool:
    """Whether a query or form value says yes; Python clients write `True`, others `true` or `1`."""
    return text.lower() in {"true", "1"}


def several(request: Request, name: str) -> list[str]:
    """A repeated value of the query, also in the form `name[]` that JavaScript clients send."""
    return [*request.query_params.getlist(name), *request.query_params.getlist(f"{name}[]")]
