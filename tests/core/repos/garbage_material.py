"""What the machine of garbage works with: two xorbs' worth of chunks, and a hub that can be opened again and again."""

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from freehold.app import Rooms, open_rooms
from freehold.base.ids import Sha256, XetHash
from freehold.base.streams import Here, Made
from freehold.settings import Settings
from freehold.wire.xet.hashes import keyed, to_text
from freehold.wire.xet.xorb import XorbLayout
from tests.kit.hub import Time
from tests.stores.xet.conftest import layout_of, some_chunks

SEEDS = range(2)


def chunks_of(seed: int) -> list[bytes]:
    return some_chunks(seed, 3)


LAYOUTS = {seed: layout_of(chunks_of(seed)) for seed in SEEDS}


@dataclass(frozen=True)
class Opening:
    """A hub's folder and database, which can be opened again and again."""

    folder: Path
    settings: Settings

    def rooms(self, clock: Time) -> Rooms:
        return open_rooms(self.settings, clock)

    def forget(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def name_of(seed: int) -> XetHash:
    return to_text(LAYOUTS[seed].hash)


def digest(content: bytes) -> Sha256:
    return Sha256(hashlib.sha256(content).hexdigest())


def recognises_all(layout: XorbLayout, hidden: bytes, key: bytes) -> bool:
    told = {hidden[i : i + 32] for i in range(0, len(hidden), 32)}
    return all(keyed(key, layout.hash_at(i)) in told for i in range(layout.n))


def read(where: object) -> bytes:
    if isinstance(where, Here):
        return where.path.read_bytes()[where.offset : where.offset + where.length]
    assert isinstance(where, Made)
    return b"".join(bytes(piece) for piece in where.pieces())
