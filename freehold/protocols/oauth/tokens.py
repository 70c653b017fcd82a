"""Where codes and refresh tokens become access tokens: one address, one method for each kind of grant."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from freehold.core.accounts.oauth.grants import Issued
from freehold.core.accounts.oauth.server import AuthServer
from freehold.protocols.oauth.answers import client_of, json
from freehold.wire.oauth.parameters import Parameters, demand
from freehold.wire.oauth.refusals import UNSUPPORTED_GRANT_TYPE, Refused
from freehold.wire.oauth.scopes import join_scope

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"

Answer = Callable[[Request, Parameters], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class TokenEndpoint:
    """`POST /oauth/token` and `POST /oauth/revoke`."""

    server: AuthServer

    def token(self, request: Request, parameters: Parameters) -> Response:
        """Tokens for what the parameter `grant_type` says is shown."""
        kind = demand(parameters, "grant_type")
        answers: dict[str, Answer] = {DEVICE: self._device, "refresh_token": self._refresh}
        if kind not in answers:
            raise Refused(UNSUPPORTED_GRANT_TYPE, f"This hub gives tokens for: {', '.join(sorted(answers))}.")
        return json(answers[kind](request, parameters))

    def revoke(self, request: Request, parameters: Parameters) -> Response:
        """End the sign-in that a token belongs to; 200 whether there was one or not (RFC 7009, section 2.2)."""
        app = client_of(request, parameters, self.server.apps)
        self.server.grants.revoke_secret(app.id, demand(parameters, "token"))
        return json({})

    def _device(self, request: Request, parameters: Parameters) -> Mapping[str, Any]:
        app = client_of(request, parameters, self.server.apps)
        return _document(self.server.devices.claim(app, demand(parameters, "device_code")))

    def _refresh(self, request: Request, parameters: Parameters) -> Mapping[str, Any]:
        app = client_of(request, parameters, self.server.apps)
        return _document(self.server.grants.refresh(app.id, app.name, demand(parameters, "refresh_token")))


def _document(issued: Issued) -> dict[str, Any]:
    return {
        "access_token": issued.access_token,
        "token_type": "bearer",
        "expires_in": issued.expires_s,
        "refresh_token": issued.refresh_token,
        "scope": join_scope(issued.scopes),
    }
