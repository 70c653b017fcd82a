"""The table of contents of the registry."""

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
        "/v2/": registry.version,
        "/v2/token": registry.token,
        "/v2/{ns:seg}/{name:seg}/manifests/{tag:seg}": registry.manifest,
        "/v2/{ns:seg}/{name:seg}/blobs/{digest:seg}": registry.blob,
    }
    return [Route(path, in_registry_shape(endpoint), methods=["GET", "HEAD"]) for path, endpoint in table.items()]
