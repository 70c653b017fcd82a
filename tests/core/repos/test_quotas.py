"""Quotas in files and repositories, which no number of uploads at once can overshoot."""

import hashlib

import pytest

from freehold.base.errors import QuotaExceeded
from freehold.base.ids import RepoId, RepoKind, Sha256
from freehold.core.repos.bucket_batches import DropFile
from freehold.core.repos.incoming import Incoming
from tests.core.repos.test_races import at_once
from tests.kit.buckets import a_bucket, put
from tests.kit.builders import a_model
from tests.kit.hub import TestHub


def quota(**figures: int) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("hub", [figures], indirect=True, ids=["few"])


def upload(hub: TestHub, repo, number: int) -> Incoming:
    content = bytes([number]) * 10
    incoming = Incoming(hub.rooms.objects, repo, Sha256(hashlib.sha256(content).hexdigest()), 10)
    incoming.write(content)
    return incoming


@quota(quota_repositories=3)
def test_creations_at_once_stay_within_the_quota(hub: TestHub):
    outcomes = at_once(*(lambda n=n: a_model(hub, f"alice/m{n}") for n in range(6)))
    assert sum(isinstance(outcome, QuotaExceeded) for outcome in outcomes) == 3
    with hub.rooms.db.read() as tx:
        assert tx.scalar("SELECT count(*) FROM repos_repo") == 3


@quota(quota_repositories=1)
def test_a_namespace_that_is_full_is_told_so_and_others_are_not(hub: TestHub):
    a_model(hub, "acme/one")
    with hub.client("alice") as alice:
        for kind in ("model", "dataset"):
            said = alice.post("/api/repos/create", json={"name": "two", "organization": "acme", "type": kind})
            assert (said.status_code, said.headers["X-Error-Code"]) == (403, "QuotaExceeded")
            assert "acme has 1 repositories, as many as it may have" in said.json()["error"]
        assert alice.post("/api/repos/create", json={"name": "mine"}).status_code == 200
        moved = alice.post("/api/repos/move", json={"fromRepo": "alice/mine", "toRepo": "acme/mine"})
        assert moved.status_code == 403


@quota(quota_files=2)
def test_uploads_at_once_to_several_repositories_stay_within_the_files(hub: TestHub):
    repos = [hub.rooms.repos.reader(hub.actor("alice"), a_model(hub, f"alice/m{n}")).repo for n in range(4)]
    uploads = [upload(hub, repo, n) for n, repo in enumerate(repos)]
    outcomes = at_once(*(incoming.finish for incoming in uploads))
    assert sum(isinstance(outcome, QuotaExceeded) for outcome in outcomes) == 2
    with hub.rooms.db.read() as tx:
        assert tx.scalar("SELECT count(*) FROM repos_object") == 2


@quota(quota_files=1)
def test_files_of_buckets_count_and_make_room_when_they_go(hub: TestHub):
    shelf = a_bucket(hub, files={"a": b"a" * 100})
    with pytest.raises(QuotaExceeded, match="may hold 1 large files"):
        put(hub, shelf, {"b": b"b" * 100})
    assert hub.rooms.repos.buckets.writer(hub.actor("alice"), shelf).apply([DropFile("a")]) == []
    assert put(hub, shelf, {"b": b"b" * 100}) == []


@quota(quota_bytes=15)
def test_a_repository_does_not_move_into_a_namespace_without_room(hub: TestHub):
    for number, name in enumerate(("alice/one", "acme/two")):
        repo = hub.rooms.repos.reader(hub.actor("alice"), a_model(hub, name)).repo
        upload(hub, repo, number).finish()
    one, there = RepoId(RepoKind.MODEL, "alice", "one"), RepoId(RepoKind.MODEL, "acme", "one")
    with pytest.raises(QuotaExceeded, match="acme may hold 15 bytes"):
        hub.rooms.repos.move(hub.actor("alice"), one, there)
    assert hub.rooms.repos.reader(hub.actor("alice"), one)


@quota(quota_files=7, quota_repositories=3, quota_bytes=1000)
def test_the_page_of_storage_shows_what_is_left(hub: TestHub):
    a_model(hub)
    with hub.client("alice") as alice:
        page = alice.get("/settings/storage").text
    assert "0 of 7 large files" in page
    assert "1 of 3 repositories" in page
