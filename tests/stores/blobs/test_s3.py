"""The S3 store keeps the promise, against a real server, also when that server fails midway."""

import os
import socket
import threading
import urllib.error
import urllib.request
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import obstore
import pytest

from freehold.base.errors import Invalid, StorageFailed
from freehold.base.streams import Elsewhere
from freehold.stores.blobs.key import object_key
from freehold.stores.blobs.opening import open_store
from freehold.stores.blobs.s3 import PART, S3Blobs
from freehold.stores.blobs.store import BlobMissing
from tests.conformance.blobs import KEY, OTHER, BlobStorePromise
from tests.kit.objectstores import ACCESS_KEY, SECRET_KEY

pytestmark = pytest.mark.services


@pytest.fixture
def place(object_store):
    return object_store.fresh()


@pytest.fixture
def store(tmp_path, place):
    return open_store(tmp_path, place, ACCESS_KEY, SECRET_KEY)


@pytest.fixture
def reachable(tmp_path, place):
    """The same, where clients may go to the store themselves."""
    return open_store(tmp_path, f"{place}&redirect=1", ACCESS_KEY, SECRET_KEY)


class TestS3(BlobStorePromise):
    @pytest.fixture
    def store(self, tmp_path, object_store):
        return open_store(tmp_path, object_store.fresh(), ACCESS_KEY, SECRET_KEY)


class Wire:
    """A loopback connection to the store that can be cut."""

    def __init__(self, endpoint: str) -> None:
        self._target = ("127.0.0.1", urlsplit(endpoint).port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def cut(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for end in self._open:
            with suppress(OSError):  # closed by its peer already
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            far = socket.create_connection(self._target)
            self._open += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            return


def fetch(url: str, **headers: str) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=20) as answer:
        return answer.read()


def refused(url: str, **headers: str) -> int:
    with pytest.raises(urllib.error.HTTPError) as caught:
        fetch(url, **headers)
    caught.value.close()
    return caught.value.code


def test_a_blob_of_several_parts_arrives_whole(store):
    data = os.urandom(2 * PART + 12345)
    with store.writer(KEY) as writer:
        for start in range(0, len(data), 1 << 20):
            writer.write(data[start : start + (1 << 20)])
        assert store.size(KEY) is None
        writer.commit(KEY)
    assert store.read(KEY) == data


def test_a_long_blob_whose_key_comes_late_leaves_nothing_aside(store):
    data = os.urandom(PART + 1)
    with store.writer() as writer:
        writer.write(data)
        writer.commit(OTHER)
    assert store.read(OTHER) == data
    assert not [item for page in obstore.list(store.store, prefix="staging") for item in page]


def test_a_store_that_fails_midway_shows_nothing(tmp_path, place, object_store):
    wire = Wire(object_store.endpoint)
    through = open_store(tmp_path, place.replace(object_store.endpoint, wire.endpoint), ACCESS_KEY, SECRET_KEY)
    through.put(OTHER, b"before")
    with pytest.raises(StorageFailed), through.writer(KEY) as writer:
        writer.write(os.urandom(PART + 1))
        wire.cut()
        for _ in range(8):
            writer.write(os.urandom(PART))
        writer.commit(KEY)
    direct = open_store(tmp_path, place, ACCESS_KEY, SECRET_KEY)
    assert direct.size(KEY) is None
    assert direct.read(OTHER) == b"before"


def test_a_store_that_does_not_answer_is_not_an_absent_blob(tmp_path, place, object_store):
    wire = Wire(object_store.endpoint)
    through = open_store(tmp_path, place.replace(object_store.endpoint, wire.endpoint), ACCESS_KEY, SECRET_KEY)
    wire.cut()
    with pytest.raises(StorageFailed):
        through.size(KEY)
    with pytest.raises(StorageFailed) as caught:
        through.read(KEY)
    assert not isinstance(caught.value, BlobMissing)


def test_a_wrong_secret_is_a_failure_of_the_store(tmp_path, place):
    with pytest.raises(StorageFailed):
        open_store(tmp_path, place, ACCESS_KEY, "guessed").put(KEY, b"weights")


def test_a_store_that_clients_cannot_reach_signs_nothing(store):
    store.put(KEY, b"weights")
    assert store.sign_get(KEY, 0, 7, 60) is None


def test_a_signed_url_gives_its_span_and_no_other(reachable):
    reachable.put(KEY, b"weights")
    url = reachable.sign_get(KEY, 2, 5, 60)
    assert fetch(url, Range="bytes=2-4") == b"igh"
    assert refused(url, Range="bytes=2-5") == 403
    assert refused(url, Range="bytes=0-4") == 403
    assert refused(url) == 403


def test_a_signed_url_is_for_one_blob_and_for_reading_only(reachable):
    reachable.put(KEY, b"weights")
    reachable.put(OTHER, b"other")
    url = reachable.sign_get(KEY, 0, 7, 60)
    assert refused(url.replace(KEY.path, OTHER.path), Range="bytes=0-6") == 403
    request = urllib.request.Request(url, method="PUT", data=b"poison", headers={"Range": "bytes=0-6"})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=20)
    caught.value.close()
    assert caught.value.code == 403
    assert reachable.read(KEY) == b"weights"


def test_a_signed_url_expires(store):
    store.put(KEY, b"weights")
    earlier = S3Blobs(store._bucket, redirect=True, clock=lambda: 1_700_000_000 * 1_000_000)
    assert refused(earlier.sign_get(KEY, 0, 7, 60), Range="bytes=0-6") == 403


def test_a_store_that_clients_can_reach_is_where_they_are_sent(reachable):
    reachable.put(KEY, b"weights")
    located = reachable.locate(KEY, 0, 7)
    assert isinstance(located, Elsewhere)
    assert fetch(located.url) == b"weights"
    assert fetch(located.url, Range="bytes=2-4") == b"igh"


def test_tidying_drops_uploads_that_nobody_finished_and_only_those(store):
    writer = store.writer(KEY)
    writer.write(os.urandom(2 * PART))
    fresh = S3Blobs(store._bucket)
    fresh.tidy()
    begun = fresh._unfinished(before=_in_days(1))
    assert [path for path, _ in begun] == [KEY.path]
    later = S3Blobs(store._bucket, clock=lambda: int(_in_days(1).timestamp() + 60) * 1_000_000)
    store.put(OTHER, b"other")
    later.tidy()
    assert fresh._unfinished(before=_in_days(1)) == []
    assert store.read(OTHER) == b"other"
    writer.abort()


def _in_days(days: int):
    return datetime.now(UTC) + timedelta(days=days)


@pytest.mark.parametrize(
    ("storage", "keys"),
    [
        ("ftp://bucket", ("a", "b")),
        ("s3://", ("a", "b")),
        ("s3://bucket", ("", "")),
        ("s3://bucket?endpont=http://127.0.0.1", ("a", "b")),
        ("s3://bucket?endpoint=127.0.0.1", ("a", "b")),
    ],
)
def test_it_refuses_a_storage_setting_that_it_does_not_understand(tmp_path, storage, keys):
    with pytest.raises(Invalid):
        open_store(tmp_path, storage, *keys)


def test_keys_of_one_prefix_are_not_those_of_another(tmp_path, object_store):
    one, two = (open_store(tmp_path, object_store.fresh(), ACCESS_KEY, SECRET_KEY) for _ in range(2))
    one.put(object_key("ef" * 32), b"weights")
    assert list(two.keys("objects")) == []
