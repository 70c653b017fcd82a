"""The table of contents of the registry."""

from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.core.repos.large import RepoObjects
from freehold.core.repos.repos import Repos
from freehold.protocols.oci.answers import in_registry_shape
from freehold.protocols.oci.endpoints import Endpoints, Link
from freehold.protocols.oci.signing_in import SignIn


def routes(repos: Repos, objects: RepoObjects, link: Link, sign_in: SignIn, second_url: str = "") -> list[Route]:
    """Every route; `link` signs addresses, and `second_url` is another name of this hub, if it has one."""
    registry = Endpoints(repos, objects, link, sign_in, second_url)
    table = {
        "/v2/": (Need.NOTHING, registry.version),
        "/v2/token": (Need.ACCOUNT, registry.token),
        "/v2/{ns:seg}/{name:seg}/manifests/{tag:seg}": (Need.CONTENT, registry.manifest),
        "/v2/{ns:seg}/{name:seg}/blobs/{digest:seg}": (Need.CONTENT, registry.blob),
    }
    return [
        Route(path, in_registry_shape(endpoint), needs=needs, methods=["GET", "HEAD"])
        for path, (needs, endpoint) in table.items()
    ]
