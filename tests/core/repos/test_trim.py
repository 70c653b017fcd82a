"""Whole copies: a bounded cache, never the only copy."""

from pathlib import Path

import pytest

from freehold.core.repos.trim import Trimming
from freehold.stores.blobs.key import object_key
from freehold.stores.blobs.memory import MemoryBlobs
from freehold.stores.db.database import Database
from tests.core.repos.large_files import LargeFiles, digest


@pytest.fixture
def hub(tmp_path: Path):
    db = Database(f"sqlite:///{tmp_path / 'hub.db'}")
    db.migrate()
    yield LargeFiles(db, MemoryBlobs())
    db.close()


def test_the_oldest_copies_beyond_the_budget_go(hub):
    model = hub.repo("model")
    for data in (b"first", b"second", b"third"):
        hub.make_xet_backed(model, hub.upload(model, data), data)
    Trimming(hub.objects, budget=11).trim({})
    assert hub.stored() == sorted([digest(b"second"), digest(b"third")])
    held = hub.objects.has(model, digest(b"first"))
    assert held is not None
    assert not held.plain


def test_the_only_copy_stays_whatever_the_budget(hub):
    model = hub.repo("model")
    hub.upload(model, b"weights")
    Trimming(hub.objects, budget=0).trim({})
    assert hub.stored() == [digest(b"weights")]


def test_a_copy_stays_while_one_repository_cannot_do_without(hub):
    one, two = hub.repo("one"), hub.repo("two")
    hub.make_xet_backed(one, hub.upload(one, b"weights"), b"weights")
    hub.upload(two, b"weights")
    Trimming(hub.objects, budget=0).trim({})
    assert hub.stored() == [digest(b"weights")]


def test_a_sweep_deletes_only_what_nobody_names(hub):
    one, two = hub.repo("one"), hub.repo("two")
    shared, own = hub.upload(one, b"shared"), hub.upload(one, b"own")
    hub.upload(two, b"shared")
    with hub.db.write() as tx:
        hub.objects.forget(tx, one.id)
    Trimming(hub.objects, budget=0).sweep({"contents": [shared, own]})
    assert hub.stored() == [shared]


def test_a_blob_that_a_crash_left_without_a_row_is_swept(hub):
    hub.blobs.put(object_key(digest(b"lost")), b"lost")
    Trimming(hub.objects, budget=1 << 30).trim({})
    assert hub.stored() == []
