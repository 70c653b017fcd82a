"""What every blob store promises. A test module of a store inherits `BlobStorePromise` and gives it `store`."""

import os

import pytest

from freehold.base.ids import Sha256, XetHash
from freehold.base.streams import PIECE, Elsewhere, Here, Located, Made
from freehold.stores.blobs.key import object_key, pack_key, part_key, sidecar_key, xorb_key
from freehold.stores.blobs.store import BlobMissing, BlobStore

KEY = object_key(Sha256("ab" * 32))
OTHER = xorb_key(XetHash("cd" * 32))


class Interrupted(Exception):
    """What goes wrong in the middle of a write."""


def located_bytes(located: Located) -> bytes:
    match located:
        case Here(path, offset, length):
            return path.read_bytes()[offset : offset + length]
        case Made(_, pieces):
            return b"".join(bytes(piece) for piece in pieces())
        case Elsewhere():
            raise AssertionError("this store was not asked to redirect")


class BlobStorePromise:
    """The suite."""

    @pytest.fixture
    def store(self) -> BlobStore:
        raise NotImplementedError

    def test_what_is_put_is_read(self, store):
        store.put(KEY, b"weights")
        assert store.read(KEY) == b"weights"
        assert store.size(KEY) == 7

    def test_an_empty_blob_is_a_blob(self, store):
        store.put(KEY, b"")
        assert store.read(KEY) == b""
        assert store.size(KEY) == 0

    @pytest.mark.parametrize(("start", "stop"), [(0, 0), (0, 3), (2, 5), (6, 7), (3, None), (5, 99), (7, 9), (99, 100)])
    def test_a_span_is_cut_as_a_slice_is(self, store, start, stop):
        store.put(KEY, b"weights")
        assert store.read(KEY, start, stop) == b"weights"[start:stop]
        assert b"".join(bytes(piece) for piece in store.pieces(KEY, start, stop)) == b"weights"[start:stop]

    def test_a_located_span_is_that_span(self, store):
        store.put(KEY, b"weights")
        located = store.locate(KEY, 2, 5)
        assert located.length == 3
        assert located_bytes(located) == b"igh"

    def test_a_reused_buffer_is_written_as_it_was(self, store):
        data = os.urandom(3 * PIECE + 17)
        buffer = bytearray(PIECE)
        with store.writer(KEY) as writer:
            for start in range(0, len(data), PIECE):
                piece = data[start : start + PIECE]
                buffer[: len(piece)] = piece
                writer.write(memoryview(buffer)[: len(piece)])
            writer.commit(KEY)
        assert store.read(KEY) == data
        assert all(len(piece) <= PIECE for piece in store.pieces(KEY))

    def test_a_long_blob_arrives_whole(self, store):
        data = os.urandom(20 * PIECE + 1)
        with store.writer(KEY) as writer:
            writer.write(data)
            writer.commit(KEY)
        assert store.read(KEY) == data

    def test_a_key_may_be_chosen_at_the_end(self, store):
        for size in (5, 12 * PIECE):
            data = os.urandom(size)
            with store.writer() as writer:
                writer.write(data)
                writer.commit(OTHER)
            assert store.read(OTHER) == data
        assert [key for key, _ in store.keys("xorbs")] == [OTHER]

    def test_nothing_shows_before_the_commit(self, store):
        with store.writer(KEY) as writer:
            writer.write(os.urandom(12 * PIECE))
            assert store.size(KEY) is None
            assert list(store.keys("objects")) == []

    @pytest.mark.parametrize("size", [5, 12 * PIECE])
    def test_an_interrupted_write_leaves_nothing(self, store, size):
        with pytest.raises(Interrupted), store.writer(KEY) as writer:
            writer.write(os.urandom(size))
            raise Interrupted
        assert store.size(KEY) is None
        assert list(store.keys("objects")) == []

    def test_an_interrupted_write_leaves_an_older_blob_as_it_is(self, store):
        store.put(KEY, b"weights")
        with pytest.raises(Interrupted), store.writer(KEY) as writer:
            writer.write(b"poison!")
            raise Interrupted
        assert store.read(KEY) == b"weights"

    def test_committing_again_is_harmless(self, store):
        for _ in range(2):
            with store.writer() as writer:
                writer.write(b"weights")
                writer.commit(KEY)
        assert store.read(KEY) == b"weights"
        assert len(list(store.keys("objects"))) == 1

    def test_a_missing_blob_has_no_size(self, store):
        assert store.size(KEY) is None

    def test_reading_a_missing_blob_is_a_failure_of_the_store(self, store):
        with pytest.raises(BlobMissing) as caught:
            store.read(KEY)
        assert caught.value.key == KEY

    def test_a_deleted_blob_is_gone_and_may_be_deleted_again(self, store):
        store.put(KEY, b"weights")
        store.delete(KEY)
        store.delete(KEY)
        assert store.size(KEY) is None

    def test_keys_are_listed_by_folder(self, store):
        pack = pack_key("0" * 24, "e" * 40, "pack")
        part = part_key("1" * 24, 3)
        for key in (KEY, OTHER, sidecar_key(OTHER), pack, part):
            store.put(key, key.path.encode())
        assert sorted(store.keys("xorbs")) == [(OTHER, len(OTHER.path)), (sidecar_key(OTHER), len(OTHER.path) + 2)]
        assert list(store.keys(f"git/{'0' * 24}.git")) == [(pack, len(pack.path))]
        assert list(store.keys(f"parts/{'1' * 24}")) == [(part, len(part.path))]
        assert list(store.keys("git/0")) == []
