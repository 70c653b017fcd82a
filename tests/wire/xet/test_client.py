"""What the real client writes, this hub reads: hashes, xorbs and shards agree byte for byte."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from freehold.wire.xet import hashes, xorb
from freehold.wire.xet.codec import Scheme
from freehold.wire.xet.hashes import to_text
from freehold.wire.xet.shard import FileInfo
from freehold.wire.xet.xorb import XorbLayout
from tests.wire.xet.client import Uploaded, noise, upload, verified, weights

CONTENTS = {
    "weights.bin": weights(1_500_000),
    "text.txt": b"The quick brown fox jumps over the lazy dog. " * 20_000,
    "noise.bin": noise(1_000_003),
    "zeros.bin": bytes(400_001),
    "tiny": b"abc",
}


@pytest.fixture(scope="module")
def uploaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Uploaded]:
    folder: Path = tmp_path_factory.mktemp("client")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_XET_CACHE", str(folder / "cache"))
        yield upload(folder, CONTENTS)


def test_it_names_files_as_the_client_does(uploaded: Uploaded) -> None:
    by_name = {to_text(file.hash): file for file in uploaded.shard.files}
    assert set(by_name) == set(uploaded.file_hashes.values())
    for file in uploaded.shard.files:
        layouts = [(layout(uploaded, term.xorb), term) for term in file.terms]
        chunks = b"".join(one.hashes[32 * term.start : 32 * term.end] for one, term in layouts)
        sizes = [size for one, term in layouts for size in one.raw_sizes(term.start, term.end)]
        assert hashes.file_hash(chunks, sizes) == file.hash


def test_it_reads_every_file_back(uploaded: Uploaded) -> None:
    digests = {hashlib.sha256(content).hexdigest(): content for content in CONTENTS.values()}
    for file in uploaded.shard.files:
        assert read(uploaded, file) == digests[str(file.sha256)]
        assert file.size == len(digests[str(file.sha256)])


def test_the_proofs_are_those_of_the_client(uploaded: Uploaded) -> None:
    for file in uploaded.shard.files:
        proofs = [
            hashes.range_hash(layout(uploaded, term.xorb).hashes[32 * term.start : 32 * term.end])
            for term in file.terms
        ]
        assert b"".join(proofs) == file.range_hashes


def test_xorbs_are_described_as_they_are(uploaded: Uploaded) -> None:
    for info in uploaded.shard.xorbs:
        one = layout(uploaded, info.hash)
        assert (info.hashes, info.raw_ends) == (one.hashes, tuple(one.raw_ends))


def test_the_sidecar_is_the_footer_that_the_client_writes(uploaded: Uploaded) -> None:
    for data in uploaded.xorbs.values():
        one = verified(data)
        footer = data[one.stored_bytes :]
        assert XorbLayout.from_bytes(footer) == one
        assert one.to_bytes() == footer


@pytest.mark.parametrize("piece", [1, 7, 8, 9, 1000, 65_536, 131_080, 1 << 22])
def test_pieces_of_any_length_give_the_same_layout(uploaded: Uploaded, piece: int) -> None:
    data = min(uploaded.xorbs.values(), key=len)
    data = data if piece > 8 else data[: verified(data).ends[3]]
    assert verified(data, piece) == verified(data)


@pytest.mark.parametrize("scheme", list(Scheme))
def test_what_it_writes_hashes_like_the_clients_own(uploaded: Uploaded, scheme: Scheme) -> None:
    for digest, data in uploaded.xorbs.items():
        chunks = [bytes(chunk) for chunk in xorb.decode(data[: verified(data).stored_bytes])]
        assert verified(xorb.encode_xorb(chunks, scheme)).hash == digest


def layout(uploaded: Uploaded, digest: bytes) -> XorbLayout:
    return verified(uploaded.xorbs[digest])


def read(uploaded: Uploaded, file: FileInfo) -> bytes:
    content = b""
    for term in file.terms:
        start, stop = layout(uploaded, term.xorb).stored_span(term.start, term.end)
        piece = b"".join(bytes(chunk) for chunk in xorb.decode(uploaded.xorbs[term.xorb][start:stop]))
        assert len(piece) == term.unpacked
        content += piece
    return content
