"""Where codes and refresh tokens become access tokens: one address, one method for each kind of grant."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.urls import base_url
from freehold.core.accounts.oauth.codes import Redeemed, Shown
from freehold.core.accounts.oauth.grants import Issued
from freehold.core.accounts.oauth.server import AuthServer
from freehold.protocols.oauth.answers import client_of, json
from freehold.protocols.oauth.exchange import GRANT as EXCHANGE
from freehold.protocols.oauth.exchange import Exchange
from freehold.protocols.oauth.identity import IdentityEndpoints
from freehold.wire.oauth.jose import half_hash
from freehold.wire.oauth.parameters import Parameters, demand
from freehold.wire.oauth.refusals import INVALID_GRANT, UNSUPPORTED_GRANT_TYPE, Refused
from freehold.wire.oauth.scopes import join_scope

ID_TOKEN_S = 3600
"""How long an id token is good: it says that somebody signed in, and is looked at once."""

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"

Answer = Callable[[Request, Parameters], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class TokenEndpoint:
    """`POST /oauth/token` and `POST /oauth/revoke`."""

    server: AuthServer
    identity: IdentityEndpoints
    ci: Exchange

    def token(self, request: Request, parameters: Parameters) -> Response:
        """Tokens for what the parameter `grant_type` says is shown."""
        kind = demand(parameters, "grant_type")
        answers: dict[str, Answer] = {
            "authorization_code": self._code,
            "refresh_token": self._refresh,
            DEVICE: self._device,
            EXCHANGE: self.ci.exchange,
        }
        if kind not in answers:
            raise Refused(UNSUPPORTED_GRANT_TYPE, f"This hub gives tokens for: {', '.join(sorted(answers))}.")
        return json(answers[kind](request, parameters))

    def revoke(self, request: Request, parameters: Parameters) -> Response:
        """End the sign-in that a token belongs to; 200 whether there was one or not (RFC 7009, section 2.2)."""
        app = client_of(request, parameters, self.server.apps)
        self.server.grants.revoke_secret(app.id, demand(parameters, "token"))
        return json({})

    def _code(self, request: Request, parameters: Parameters) -> Mapping[str, Any]:
        app = client_of(request, parameters, self.server.apps)
        shown = Shown(
            demand(parameters, "code"), demand(parameters, "redirect_uri"), parameters.get("code_verifier", "")
        )
        redeemed = self.server.codes.redeem(app, shown)
        document = _document(redeemed.issued)
        if "openid" in redeemed.issued.scopes:
            document["id_token"] = self._id_token(request, app.id, redeemed)
        return document

    def _id_token(self, request: Request, app_id: str, redeemed: Redeemed) -> str:
        at = self.server.clock() // 1_000_000
        account = self.identity.people.by_id(redeemed.issued.account_id)
        if account is None:
            raise Refused(INVALID_GRANT, "This account does not exist any more.")
        claims = {
            **self.identity.claims(request, account, redeemed.issued.scopes),
            "iss": base_url(request),
            "aud": app_id,
            "iat": at,
            "exp": at + ID_TOKEN_S,
            "auth_time": redeemed.signed_in_at // 1_000_000,
            "at_hash": half_hash(redeemed.issued.access_token),
        }
        return self.server.keys.sign(claims | ({"nonce": redeemed.nonce} if redeemed.nonce else {}))

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
