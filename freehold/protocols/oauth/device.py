"""Where a device asks for a code that its person types elsewhere (RFC 8628, section 3.1)."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.networks import network_of
from freehold.asgi.urls import base_url
from freehold.core.accounts.oauth.devices import INTERVAL_S, LIFE_S
from freehold.core.accounts.oauth.server import AuthServer
from freehold.protocols.oauth.answers import client_of, json
from freehold.wire.oauth.parameters import Parameters
from freehold.wire.oauth.refusals import INVALID_SCOPE, Refused
from freehold.wire.oauth.scopes import EVERYTHING, parse_scope


@dataclass(frozen=True, slots=True)
class DeviceEndpoint:
    """`POST /oauth/device`."""

    server: AuthServer

    def begin(self, request: Request, parameters: Parameters) -> Response:
        """A device code, and the code and address for the person. The hub's own clients ask for everything."""
        app = client_of(request, parameters, self.server.apps)
        asked = parameters.get("scope")
        scopes = EVERYTHING if app.built_in and asked is None else parse_scope(asked or "openid profile")
        if not scopes:
            raise Refused(INVALID_SCOPE, "None of these scopes is known to this hub.")
        begun = self.server.devices.begin(app, scopes, network_of(request))
        page = f"{base_url(request)}/oauth/device"
        return json(
            {
                "device_code": begun.device_code,
                "user_code": begun.user_code,
                "verification_uri": page,
                "verification_uri_complete": f"{page}?user_code={begun.user_code}",
                "expires_in": LIFE_S,
                "interval": INTERVAL_S,
            }
        )
