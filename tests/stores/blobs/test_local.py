"""The disk store keeps the promise, also when the disk is full or the process is killed."""

import os
import resource
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from freehold.base.errors import StorageFailed
from freehold.base.streams import PIECE
from freehold.stores.blobs.key import BlobKey
from freehold.stores.blobs.local import LocalBlobs
from tests.conformance.blobs import KEY, BlobStorePromise


class TestLocal(BlobStorePromise):
    @pytest.fixture
    def store(self, tmp_path):
        store = LocalBlobs(tmp_path / "blobs")
        yield store
        assert not list(store.staging.iterdir())


def test_a_key_is_the_files_path(tmp_path):
    store = LocalBlobs(tmp_path)
    store.put(KEY, b"weights")
    assert store.local_path(KEY) == tmp_path / KEY.path
    assert (tmp_path / KEY.path).read_bytes() == b"weights"


def test_unfinished_files_lie_apart(tmp_path):
    store = LocalBlobs(tmp_path)
    with store.writer() as writer:
        writer.write(b"weights")
        assert [path.parent for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / "staging"]


def test_opening_removes_what_a_killed_process_left_and_nothing_that_lives(tmp_path):
    LocalBlobs(tmp_path)
    code = (
        "import os, sys; from pathlib import Path; from freehold.stores.blobs.local import LocalBlobs\n"
        "writer = LocalBlobs(Path(sys.argv[1])).writer(); writer.write(b'half'); os.kill(os.getpid(), 9)"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert ended.returncode == -signal.SIGKILL
    left = list((tmp_path / "staging").iterdir())
    assert len(left) == 1
    with LocalBlobs(tmp_path).writer() as alive:
        assert not left[0].exists()
        alive.write(b"weights")
        LocalBlobs(tmp_path)
        alive.commit(KEY)
    assert LocalBlobs(tmp_path).read(KEY) == b"weights"


def test_a_file_that_grows_beyond_what_the_system_allows_leaves_nothing(tmp_path):
    """A file-size limit of the process stands for any write that the system refuses."""
    store = LocalBlobs(tmp_path)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (PIECE, hard))
    try:
        with pytest.raises(StorageFailed), store.writer() as writer:
            writer.write(os.urandom(2 * PIECE))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_many_threads_write_one_key(tmp_path):
    store = LocalBlobs(tmp_path)
    threads = [threading.Thread(target=store.put, args=(KEY, b"weights")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.read(KEY) == b"weights"
    assert list(store.keys("objects")) == [(KEY, 7)]


def test_a_store_that_cannot_be_read_is_not_an_absent_blob(tmp_path: Path):
    store = LocalBlobs(tmp_path)
    (tmp_path / "objects").write_bytes(b"not a folder")
    with pytest.raises(StorageFailed):
        store.size(BlobKey(KEY.path))
