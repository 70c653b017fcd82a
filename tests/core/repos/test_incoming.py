"""An upload is visible only when its size and hash are what was announced."""

import os
from pathlib import Path

import pytest

from freehold.base.errors import Invalid, TooLarge, Unprocessable
from freehold.core.repos.incoming import Incoming
from freehold.stores.blobs.local import LocalBlobs
from freehold.stores.db.database import Database
from tests.core.repos.large_files import LargeFiles, digest


@pytest.fixture
def hub(tmp_path: Path):
    db = Database(f"sqlite:///{tmp_path / 'hub.db'}")
    db.migrate()
    hub = LargeFiles(db, LocalBlobs(tmp_path / "blobs"))
    yield hub
    assert not list((tmp_path / "blobs" / "staging").iterdir())
    db.close()


def test_pieces_of_a_reused_buffer_arrive_whole(hub):
    model = hub.repo("model")
    pieces = [os.urandom(1 << 20), os.urandom(1 << 20), os.urandom(1000)]
    data = b"".join(pieces)
    buffer = bytearray(1 << 20)
    with Incoming(hub.objects, model, digest(data), len(data)) as incoming:
        for piece in pieces:
            buffer[: len(piece)] = piece
            incoming.write(memoryview(buffer)[: len(piece)])
        incoming.finish()
    assert hub.objects.has(model, digest(data)) is not None
    assert hub.stored() == [digest(data)]


def test_an_empty_file_is_a_file(hub):
    model = hub.repo("model")
    assert hub.objects.has(model, hub.upload(model, b"")) is not None


def test_it_refuses_other_bytes_than_announced(hub):
    model = hub.repo("model")
    with pytest.raises(Unprocessable, match="Nothing was kept"):
        hub.upload(model, b"poison!", claimed=b"weights")
    assert hub.objects.has(model, digest(b"weights")) is None
    assert hub.stored() == []


def test_it_refuses_a_truncated_upload(hub):
    with pytest.raises(Invalid, match="ended after 7 of 8 bytes"):
        hub.upload(hub.repo("model"), b"weights", size=8)
    assert hub.stored() == []


def test_it_refuses_more_than_announced(hub):
    with pytest.raises(TooLarge, match="6 bytes that were announced"):
        hub.upload(hub.repo("model"), b"weights", size=6)
    assert hub.stored() == []


def test_a_wrong_upload_leaves_an_existing_foreign_object_as_it_is(hub):
    sha256 = hub.upload(hub.repo("model"), b"weights")
    evil = hub.repo("evil", owner="mallory")
    with pytest.raises(Unprocessable):
        hub.upload(evil, b"poison!", claimed=b"weights")
    assert hub.objects.has(evil, sha256) is None
    assert hub.blobs.read(next(hub.blobs.keys("objects"))[0]) == b"weights"
