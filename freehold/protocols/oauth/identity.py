"""Who a token stands for, and the documents by which clients find everything out by themselves."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.urls import base_url
from freehold.base.errors import BadCredentials
from freehold.core.accounts.oauth.claims import Teller
from freehold.core.accounts.oauth.server import AuthServer
from freehold.core.accounts.people import Account, People
from freehold.protocols.oauth.answers import json
from freehold.wire.oauth.authorize import PROMPTS
from freehold.wire.oauth.jose import OWN
from freehold.wire.oauth.scopes import IDENTITY, SCOPES

AN_HOUR = {"Cache-Control": "public, max-age=3600"}
_ANONYMOUS = "Show an access token in the Authorization header."

CLAIMS = (
    "sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "name", "preferred_username", "profile",
    "picture", "email", "email_verified", "isPro", "canPay", "orgs", "groups",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class IdentityEndpoints:
    """`/oauth/userinfo`, `/oauth/jwks` and the discovery document."""

    server: AuthServer
    people: People

    def userinfo(self, request: Request) -> Response:
        """The claims that the token's scopes allow; a token that a person made tells what `whoami` would."""
        try:
            actor = identity(request)
            account = self.people.by_id(actor.account_id) if actor.token_id and actor.account_id else None
        except BadCredentials:
            account = None
        if account is None:
            headers = {
                "WWW-Authenticate": 'Bearer realm="Freehold", error="invalid_token"',
                "Cache-Control": "no-store",
            }
            return json({"error": "invalid_token", "error_description": _ANONYMOUS}, 401, headers)
        scopes = self.server.grants.scopes_of_token(str(actor.token_id))
        return json(self._teller(request).of(account, sorted(IDENTITY) if scopes is None else scopes))

    def jwks(self, _request: Request) -> Response:
        """The keys that id tokens are verified with."""
        return json(self.server.keys.public(), headers=AN_HOUR)

    def discovery(self, request: Request) -> Response:
        """OpenID Connect Discovery 1.0, and RFC 8414 under its own address."""
        return json(discovery_document(base_url(request)), headers=AN_HOUR)

    def claims(self, request: Request, account: Account, scopes: tuple[str, ...]) -> dict[str, Any]:
        """What an id token says about an account."""
        return self._teller(request).of(account, scopes)

    def _teller(self, request: Request) -> Teller:
        return Teller(self.people, base_url(request))


def discovery_document(base: str) -> dict[str, Any]:
    """What this hub is as a provider, for `base` as its issuer."""
    return {
        "issuer": base,
        "authorization_endpoint": f"{base}/oauth/authorize",
        "token_endpoint": f"{base}/oauth/token",
        "userinfo_endpoint": f"{base}/oauth/userinfo",
        "jwks_uri": f"{base}/oauth/jwks",
        "device_authorization_endpoint": f"{base}/oauth/device",
        "revocation_endpoint": f"{base}/oauth/revoke",
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": [
            "authorization_code",
            "refresh_token",
            "urn:ietf:params:oauth:grant-type:device_code",
            "urn:ietf:params:oauth:grant-type:token-exchange",
        ],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [OWN],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": list(PROMPTS),
        "claims_supported": list(CLAIMS),
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
    }
