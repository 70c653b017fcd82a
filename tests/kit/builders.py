"""Things for tests to start from: valid, complete, and made by asking only for what the test is about."""

from collections.abc import Mapping

from freehold.base.ids import Oid, RepoId, RepoKind
from freehold.core.repos.requests import AddFile, CommitRequest, Operation
from tests.kit.hub import TestHub


def owner_of(repo_id: RepoId) -> str:
    """The member of the cast who owns the namespace: alice for her organisation acme."""
    return "alice" if repo_id.namespace == "acme" else repo_id.namespace


def a_repo(
    hub: TestHub,
    kind: RepoKind,
    full: str,
    *,
    visibility: str = "public",
    files: Mapping[str, bytes] | None = None,
    sdk: str | None = None,
) -> RepoId:
    """A repository, with `files` in a commit after the first if there are any."""
    repo_id = RepoId(kind, *full.split("/"))
    hub.rooms.repos.create(hub.actor(owner_of(repo_id)), repo_id, visibility=visibility, sdk=sdk)
    if files:
        a_commit(hub, repo_id, files)
    return repo_id


def a_model(
    hub: TestHub, full: str = "alice/birds", *, visibility: str = "public", files: Mapping[str, bytes] | None = None
) -> RepoId:
    """A model repository."""
    return a_repo(hub, RepoKind.MODEL, full, visibility=visibility, files=files)


def a_dataset(
    hub: TestHub, full: str = "alice/songs", *, visibility: str = "public", files: Mapping[str, bytes] | None = None
) -> RepoId:
    """A dataset repository."""
    return a_repo(hub, RepoKind.DATASET, full, visibility=visibility, files=files)


def a_commit(
    hub: TestHub,
    repo_id: RepoId,
    files: Mapping[str, bytes],
    *,
    by: str | None = None,
    branch: str = "main",
    summary: str = "Add files",
) -> Oid:
    """A commit of `files` by the owner, or by another member of the cast; its id."""
    writer = hub.rooms.repos.writer(hub.actor(by or owner_of(repo_id)), repo_id)
    operations: list[Operation] = [AddFile(path, content) for path, content in files.items()]
    return writer.commit(branch, CommitRequest(summary=summary, operations=operations)).oid
