"""The table of contents of the authorisation server's machine side."""

from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.core.accounts.oauth.server import AuthServer
from freehold.protocols.oauth.answers import taking_parameters
from freehold.protocols.oauth.device import DeviceEndpoint
from freehold.protocols.oauth.tokens import TokenEndpoint


def routes(server: AuthServer) -> list[Route]:
    """Every route."""
    tokens = TokenEndpoint(server)
    posts = {
        "/oauth/device": (Need.NOTHING, DeviceEndpoint(server).begin),
        "/oauth/token": (Need.LINK, tokens.token),
        "/oauth/revoke": (Need.LINK, tokens.revoke),
    }
    return [
        Route(path, taking_parameters(endpoint), needs=needs, methods=["POST"])
        for path, (needs, endpoint) in posts.items()
    ]
