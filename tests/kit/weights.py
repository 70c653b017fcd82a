"""Large files like those that people keep on a hub, made by a seed: the same seed gives the same bytes."""

import hashlib
from pathlib import Path

import numpy as np

PIECE = 1 << 25


def write_weights(path: Path, size: int, seed: int) -> str:
    """Write `size` bytes of bfloat16 weights, normally distributed as a trained model's are; return their SHA-256."""
    chance = np.random.default_rng(seed)
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for start in range(0, size, PIECE):
            numbers = chance.standard_normal(min(PIECE, size - start) // 2, dtype=np.float32) * np.float32(0.02)
            piece = (numbers.view(np.uint32) >> 16).astype(np.uint16).tobytes()
            digest.update(piece)
            file.write(piece)
    return digest.hexdigest()


def write_change(source: Path, target: Path, seed: int) -> str:
    """Write `source` with 1 % of it changed, and return the SHA-256: nine runs rewritten, and one put in at the start.

    What is put in moves everything behind it, so no block lies where it lay.
    """
    run = source.stat().st_size // 1000
    chance = np.random.default_rng(seed)
    content = bytearray(source.read_bytes())
    for at in range(1, 10):
        start = len(content) * at // 10
        content[start : start + run] = chance.bytes(run)
    inserted = chance.bytes(run)
    with target.open("wb") as file:
        file.write(inserted)
        file.write(content)
    digest = hashlib.sha256(inserted)
    digest.update(content)
    return digest.hexdigest()
