"""The repository that an LFS request is about, for who may do what it asks."""

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import quote

from starlette.requests import Request

from freehold.asgi.identity import identity
from freehold.asgi.urls import repo_of
from freehold.base.errors import BadCredentials, Moved
from freehold.base.ids import RepoId
from freehold.core.accounts.actor import Actor
from freehold.core.repos.reader import RepoReader
from freehold.core.repos.repos import Repos
from freehold.core.repos.writer import RepoWriter

R = TypeVar("R", bound=RepoReader)


def open_to_read(repos: Repos, request: Request, place: str) -> RepoReader:
    """A reader with content; `place` is the request's address behind `info/lfs/`, for a repository that has moved."""
    reader = _opened(repos.reader, request, place)
    reader.require_content()
    return reader


def open_to_write(repos: Repos, request: Request, place: str) -> RepoWriter:
    """A writer, or a proposer for who may only propose. Raises BadCredentials for nobody: git then asks who it is."""
    if identity(request).principal is None:
        raise BadCredentials("Sign in to upload: use a write token of this hub as the password.")
    return _opened(repos.proposer, request, place)


def _opened(gate: Callable[[Actor, RepoId], R], request: Request, place: str) -> R:
    try:
        return gate(identity(request), repo_of(request))
    except Moved as moved:
        query = f"?{request.url.query}" if request.url.query else ""
        raise Moved(f"{moved.to.removesuffix('.git')}.git/info/lfs/{quote(place)}{query}") from moved
