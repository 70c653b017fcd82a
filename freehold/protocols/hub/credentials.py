"""Where anybody hands in tokens that have leaked."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.core.accounts.leaks import Leaks
from freehold.protocols.hub.answer import json
from freehold.wire.hub.requests import RevokeCredentials


@dataclass(frozen=True, slots=True)
class CredentialEndpoints:
    """`POST /api/credentials/revoke`."""

    leaks: Leaks

    def revoke(self, _request: Request, body: RevokeCredentials) -> Response:
        """202 whatever was sent: the answer must not tell which of the secrets were good."""
        self.leaks.revoke(body.credentials)
        return json({}, status=202)
