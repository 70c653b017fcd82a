"""The table of contents of the authorisation server's machine side."""

from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.core.accounts.oauth.server import AuthServer
from freehold.core.accounts.people import People
from freehold.core.repos.repos import Repos
from freehold.protocols.oauth.answers import taking_parameters
from freehold.protocols.oauth.device import DeviceEndpoint
from freehold.protocols.oauth.exchange import Exchange
from freehold.protocols.oauth.identity import IdentityEndpoints
from freehold.protocols.oauth.tokens import TokenEndpoint


def routes(server: AuthServer, people: People, repos: Repos) -> list[Route]:
    """Every route."""
    identity = IdentityEndpoints(server, people)
    tokens = TokenEndpoint(server, identity, Exchange(server.publishers, repos))
    gets = {
        "/.well-known/openid-configuration": identity.discovery,
        "/.well-known/oauth-authorization-server": identity.discovery,
        "/oauth/jwks": identity.jwks,
    }
    posts = {
        "/oauth/device": (Need.NOTHING, DeviceEndpoint(server).begin),
        "/oauth/token": (Need.LINK, tokens.token),
        "/oauth/revoke": (Need.LINK, tokens.revoke),
    }
    return [
        *(Route(path, endpoint, needs=Need.NOTHING) for path, endpoint in gets.items()),
        Route("/oauth/userinfo", identity.userinfo, needs=Need.ACCOUNT, methods=["GET", "POST"]),
        *(
            Route(path, taking_parameters(endpoint), needs=needs, methods=["POST"])
            for path, (needs, endpoint) in posts.items()
        ),
    ]
