"""Refuses what adds a secret to a repository, and says where it stands; the secret itself is repeated nowhere."""

from collections.abc import Callable, Iterable
from functools import partial

from freehold.base.errors import Unprocessable
from freehold.base.ids import Oid
from freehold.base.words import later
from freehold.core.repos.listing import find
from freehold.core.repos.requests import AddFile, CommitRequest
from freehold.stores.git.objects import Objects
from freehold.wire.secrets import ALLOW, find_secrets

_MOST_NAMED = 20

BY_PUSH = later(f"push with `git push -o {ALLOW}`")
BY_COMMIT = later(f"give the commit a description with the line `{ALLOW}`")


class Leaks:
    """The secrets that one write adds, found file by file."""

    def __init__(self) -> None:
        self._found: list[str] = []

    def look(self, path: str, content: bytes, before: Callable[[], Iterable[bytes]]) -> None:
        """Look at a new file; a secret that one of the contents `before` it had at this path is not added now."""
        if found := find_secrets(content):
            old = list(before())
            fresh = [secret for secret in found if not any(secret.value in content for content in old)]
            self._found += [f"  {path}, line {secret.line}: {secret.kind}" for secret in fresh]

    def demand_none(self, otherwise: str) -> None:
        """Raise Unprocessable if there is a secret; `otherwise` says what to do if it is meant to be there."""
        if not self._found:
            return
        more = f"\n  and {len(self._found) - _MOST_NAMED} more" if len(self._found) > _MOST_NAMED else ""
        found = "\n".join(self._found[:_MOST_NAMED]) + more
        raise Unprocessable(
            f"Nothing was kept, because what you add holds secrets:\n{found}"
            "\nTake them out of every new commit, and revoke them if anybody may have seen them. If they are meant to"
            f" be there, {otherwise}, or write `{ALLOW}` on the same line."
        )


def demand_no_secrets(request: CommitRequest, objects: Objects | None, parent: Oid | None) -> None:
    """Refuse a commit whose files add secrets to those of `parent`. Raises Unprocessable."""
    leaks = Leaks()
    for operation in request.operations:
        if isinstance(operation, AddFile):
            leaks.look(operation.path, operation.content, partial(at, objects, parent, operation.path))
    leaks.demand_none(BY_COMMIT)


def at(objects: Objects | None, commit: Oid | None, path: str) -> list[bytes]:
    """What the file at `path` of a commit holds; nothing where there is no such file."""
    if objects is None or commit is None:
        return []
    node = find(objects, bytes.fromhex(objects.commit(commit).tree), path)
    return [objects.read(node.oid)] if node and objects.kind(node.oid) == "blob" else []
