"""Checks the front matter of a card before it is committed."""

from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from freehold.base.ids import RepoKind
from freehold.protocols.hub.answer import json
from freehold.wire.cards import validate
from freehold.wire.hub.models import Finding, Validation
from freehold.wire.hub.requests import ValidateYaml


def validate_yaml(request: Request, body: ValidateYaml) -> Response:
    """`POST /api/validate-yaml`: 200, or 400 if there is an error; the same as text if only text is accepted."""
    errors, warnings = validate(body.content, body.repo_type or RepoKind.MODEL)
    status = 400 if errors else 200
    if request.headers.get("accept") == "text/plain":
        return PlainTextResponse("\n".join(errors or warnings), status)
    answer = Validation(
        errors=[Finding(text) for text in errors],
        warnings=[Finding(text) for text in warnings],
        error=errors[0] if errors else UNSET,
    )
    return json(answer, status)
