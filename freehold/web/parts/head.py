"""What every page about one repository begins with, and the address that such a page answers at."""

from dataclasses import dataclass

from starlette.requests import Request

from freehold.base.errors import NotFound
from freehold.base.ids import GIT_KINDS, RepoId, RepoKind
from freehold.core.accounts.access import Right
from freehold.core.accounts.names import RESERVED
from freehold.core.repos.admitted import Admitted
from freehold.core.repos.reader import RepoReader
from freehold.core.repos.repo import Repo


@dataclass(frozen=True, slots=True)
class RepoHead:
    """Which repository, and whether the visitor may open its settings or decide who is let in."""

    repo: Repo
    may_administer: bool
    may_decide: bool = False
    open_threads: int = 0
    """Discussions and pull requests that wait for somebody."""


def head_of(reader: Admitted) -> RepoHead:
    """The head of a page that `reader` may show."""
    decides = bool(reader.repo.gated) and reader.right >= Right.WRITE
    waiting = reader.open_threads() if isinstance(reader, RepoReader) else 0
    return RepoHead(reader.repo, reader.right >= Right.ADMIN, decides, waiting)


def templates(tail: str) -> list[str]:
    """The route templates of a repository's page, one for each kind; `tail` follows its name."""
    return [f"/{kind.prefix}{{namespace:seg}}/{{name:seg}}{tail}" for kind in reversed(GIT_KINDS)]


def repo_id(request: Request) -> RepoId:
    """The repository that the request's path names."""
    first = request.scope["route"].path.split("/", 2)[1]
    not_reserved(request.path_params["namespace"])
    kind = next((kind for kind in GIT_KINDS if kind.plural == first), RepoKind.MODEL)
    return RepoId(kind, request.path_params["namespace"], request.path_params["name"])


def bucket_id(request: Request) -> RepoId:
    """The bucket that the request's path names."""
    return RepoId(RepoKind.BUCKET, request.path_params["namespace"], request.path_params["name"])


def not_reserved(namespace: str) -> None:
    """Raise NotFound for a first word that is the hub's own: what follows it was never a repository's name."""
    if namespace.lower() in RESERVED:
        raise NotFound("There is no such page.")


def trail(path: str) -> list[tuple[str, str]]:
    """Each folder of a path with the path that leads to it."""
    parts = [part for part in path.split("/") if part]
    return [(name, "/".join(parts[: position + 1])) for position, name in enumerate(parts)]
