"""What the real client makes of a file: its hash, and the xorbs and shards it would upload."""

from dataclasses import dataclass
from pathlib import Path

import hf_xet
import numpy as np

from freehold.wire.xet.shard import Shard, parse_shard
from freehold.wire.xet.xorb import XorbLayout, XorbVerifier


@dataclass
class Uploaded:
    """An upload of the real client into a folder instead of a server."""

    shard: Shard
    xorbs: dict[bytes, bytes]  # hash → the stored file, chunks and footer
    file_hashes: dict[str, str]  # file name → text form


def upload(folder: Path, contents: dict[str, bytes]) -> Uploaded:
    """Let the client upload files of these contents into `folder`."""
    with hf_xet.XetSession().new_upload_commit(endpoint=f"local://{folder / 'store'}") as commit:
        uploads = {name: commit.start_upload_bytes(content) for name, content in contents.items()}
    hashes = {name: done.result().xet_info.hash for name, done in uploads.items()}
    shards = [parse_shard(path.read_bytes()) for path in (folder / "store").rglob("xorbs/shards/*.mdb")]
    assert len(shards) == 1
    xorbs = {}
    for path in (folder / "store").rglob("xorbs/xorbs/default.*"):
        if path.suffix != ".tagset":
            data = path.read_bytes()
            xorbs[verified(data).hash] = data
    return Uploaded(shards[0], xorbs, hashes)


def verified(data: bytes, piece: int = 1 << 20) -> XorbLayout:
    """The layout of a xorb that streams in by pieces of this length."""
    verifier = XorbVerifier()
    for start in range(0, len(data), piece):
        verifier.feed(data[start : start + piece])
    return verifier.finish()


def weights(count: int, seed: int = 1) -> bytes:
    """`count` numbers as a model's bf16 weights look: compressible by byte planes."""
    numbers = np.random.default_rng(seed).standard_normal(count).astype(np.float32) * np.float32(0.02)
    return (numbers.view(np.uint32) >> 16).astype("<u2").tobytes()


def noise(size: int, seed: int = 2) -> bytes:
    """Bytes that nothing compresses."""
    return np.random.default_rng(seed).bytes(size)
