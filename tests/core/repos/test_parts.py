"""Uploads in parts: any order, replays, omissions."""

from pathlib import Path

import pytest

from freehold.base.errors import Invalid, TooLarge, Unprocessable
from freehold.core.repos.parts import PARTS_KEPT_S, IncomingPart, join_parts, new_upload, sweep_parts
from freehold.stores.blobs.memory import MemoryBlobs
from freehold.stores.db.database import Database
from tests.core.repos.large_files import LargeFiles, digest


@pytest.fixture
def hub(tmp_path: Path):
    db = Database(f"sqlite:///{tmp_path / 'hub.db'}")
    db.migrate()
    yield LargeFiles(db, MemoryBlobs())
    db.close()


def send(hub: LargeFiles, upload: str, number: int, data: bytes, size: int | None = None) -> str:
    with IncomingPart(hub.objects, upload, number, len(data) if size is None else size) as part:
        part.write(data)
        return part.finish()


def test_parts_in_any_order_make_the_whole(hub):
    model, upload = hub.repo("model"), new_upload()
    assert send(hub, upload, 2, b"ghts") == digest(b"ghts")
    send(hub, upload, 1, b"wei")
    join_parts(hub.objects, model, upload, digest(b"weights"), [3, 4])
    assert hub.objects.has(model, digest(b"weights")) is not None
    assert not list(hub.blobs.keys("parts"))


def test_a_part_sent_again_replaces_the_first(hub):
    model, upload = hub.repo("model"), new_upload()
    send(hub, upload, 1, b"bad")
    send(hub, upload, 1, b"wei")
    join_parts(hub.objects, model, upload, digest(b"wei"), [3])
    assert hub.stored() == [digest(b"wei")]


def test_completing_twice_is_harmless(hub):
    model, upload = hub.repo("model"), new_upload()
    send(hub, upload, 1, b"weights")
    for _ in range(2):
        join_parts(hub.objects, model, upload, digest(b"weights"), [7])
    assert hub.logical_bytes(model) == 7


def test_it_refuses_to_complete_without_every_part(hub):
    upload = new_upload()
    send(hub, upload, 1, b"wei")
    with pytest.raises(Invalid, match="Part 2 of the upload is missing"):
        join_parts(hub.objects, hub.repo("model"), upload, digest(b"weights"), [3, 4])
    assert hub.stored() == []


def test_it_refuses_parts_that_make_another_whole_and_drops_them(hub):
    model, upload = hub.repo("model"), new_upload()
    send(hub, upload, 1, b"poison!")
    with pytest.raises(Unprocessable):
        join_parts(hub.objects, model, upload, digest(b"weights"), [7])
    assert hub.objects.has(model, digest(b"weights")) is None
    assert not list(hub.blobs.keys("parts"))


def test_it_refuses_a_part_of_another_size(hub):
    upload = new_upload()
    with pytest.raises(TooLarge):
        send(hub, upload, 1, b"weights", size=6)
    with pytest.raises(Invalid, match="ended after 7 of 8"):
        send(hub, upload, 1, b"weights", size=8)
    assert not list(hub.blobs.keys("parts"))


def test_parts_that_nobody_completed_are_swept(hub):
    send(hub, f"{hub.moment // 1_000_000 - PARTS_KEPT_S - 60:08x}{'0' * 16}", 1, b"old")
    send(hub, f"{hub.moment // 1_000_000:08x}{'0' * 16}", 1, b"new")
    assert sweep_parts(hub.objects) == 1
    assert [hub.blobs.read(key) for key, _ in hub.blobs.keys("parts")] == [b"new"]
