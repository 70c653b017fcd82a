"""Feeds of one repository: its newest commits, and its newest discussions and pull requests."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.urls import path_url, repo_of
from freehold.base.errors import Moved
from freehold.core.repos.entries import Commit
from freehold.core.repos.reader import RepoReader
from freehold.core.repos.repo import Repo
from freehold.core.repos.repos import Repos
from freehold.features.discussions.discussions import Discussions
from freehold.features.discussions.reading import Query
from freehold.features.discussions.thread import Thread
from freehold.protocols.atom.answers import PAGE, answer, here, tag
from freehold.wire import atom


@dataclass(frozen=True, slots=True)
class RepositoryFeeds:
    """`…/feeds/commits.atom` and `…/feeds/discussions.atom`."""

    repos: Repos
    discussions: Discussions

    def commits(self, request: Request) -> Response:
        """The history of the main branch."""
        reader = self._reader(request, "commits")
        repo = reader.repo
        entries = [_commit(request, repo, one) for one in reader.commits(limit=PAGE)]
        return _answer(request, repo, "commits", "commits/main", entries)

    def discussions_of(self, request: Request) -> Response:
        """The newest threads."""
        reader = self._reader(request, "discussions")
        repo = reader.repo
        threads, _ = self.discussions.threads(reader, Query(limit=PAGE))
        return _answer(request, repo, "discussions", "discussions", [_thread(request, repo, one) for one in threads])

    def _reader(self, request: Request, name: str) -> RepoReader:
        with _spliced(name):
            return self.repos.reader(identity(request), repo_of(request))


@contextmanager
def _spliced(name: str) -> Iterator[None]:
    """Sends those who ask for a renamed repository's feed to the same feed under its new name."""
    try:
        yield
    except Moved as moved:
        raise Moved(f"{moved.to}/feeds/{name}.atom") from moved


def _answer(request: Request, repo: Repo, name: str, view: str, entries: list[atom.Entry]) -> Response:
    page = path_url(request, f"{repo.repo_id.path}/{view}")
    feed = atom.Feed(
        tag(request, name, repo.id),
        f"{repo.repo_id.full}: {name}",
        page,
        here(request),
        entries,
        repo.created_at,
    )
    return answer(request, feed)


def _commit(request: Request, repo: Repo, one: Commit) -> atom.Entry:
    link = path_url(request, f"{repo.repo_id.path}/commit/{one.oid}")
    author = ", ".join(one.authors)
    return atom.Entry(tag(request, "commit", repo.id, one.oid), one.title, link, one.date_us, author, one.message)


def _thread(request: Request, repo: Repo, one: Thread) -> atom.Entry:
    link = path_url(request, f"{repo.repo_id.path}/discussions/{one.number}")
    what = "Pull request" if one.is_pull else "Discussion"
    comments = f"{one.comments} comment{'' if one.comments == 1 else 's'}"
    summary = f"{what} {one.number}, {one.status}, {comments}"
    return atom.Entry(
        tag(request, "thread", repo.id, str(one.number)), one.title, link, one.updated_at, one.author, summary
    )
