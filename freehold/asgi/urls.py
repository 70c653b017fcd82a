"""The hub's own address as the client used it, and the repository that a path names."""

import re
from urllib.parse import quote

from starlette.requests import HTTPConnection
from starlette.types import Scope

from freehold.asgi.routing import raw_path
from freehold.base.errors import Invalid
from freehold.base.ids import GIT_KINDS, RepoId, RepoKind

_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?", re.ASCII)


def base_url(request: HTTPConnection) -> str:
    """`scheme://host[:port][/prefix]`, without a trailing slash.

    The configured address wins; else what the client (or a trusted proxy on its behalf) said. Raises Invalid
    for a `Host` that is no host name.
    """
    return base_of(request.scope)


def base_of(scope: Scope) -> str:
    """The same, from an ASGI scope."""
    if configured := scope.get("freehold.url"):
        return str(configured)
    host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
    if not host and scope.get("server"):
        server, port = scope["server"]
        host = f"{server}:{port}" if port else server
    if not _HOST.fullmatch(host):
        raise Invalid("The Host header is not a host name.")
    return f"{scope['scheme']}://{host}{scope.get('root_path', '')}"


def path_url(request: HTTPConnection, path: str) -> str:
    """The absolute URL of a decoded web path such as `datasets/alice/birds`."""
    return f"{base_url(request)}/{quote(path.lstrip('/'))}"


def avatar_url(request: HTTPConnection, name: str) -> str:
    """Where the picture is that stands for an account; the hub draws it itself."""
    return path_url(request, f"-/avatar/{name}")


def repo_of(request: HTTPConnection) -> RepoId:
    """The repository at a web address such as `datasets/{ns}/{name}.git/…`; git may leave the ending out."""
    first = raw_path(request.scope).split("/")[1]
    kind = next((kind for kind in GIT_KINDS if kind.prefix == f"{first}/"), RepoKind.MODEL)
    return RepoId(kind, request.path_params["ns"], request.path_params["name"].removesuffix(".git"))
