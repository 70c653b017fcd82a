"""Data made by formula, and the model that is fitted to it: tides, depths, counts, chirps and a plot of them."""

import io
import json
import math
import struct
import wave
import zlib
from functools import lru_cache

import numpy as np

from freehold.demo.tensors import Array

PERIODS = (12.4206, 12.0, 25.8193, 23.9345)
"""In hours: the moon's and the sun's, each twice and once a day."""
_HEIGHTS = (1.62, 0.55, 0.18, 0.12)
_PHASES = (0.4, 1.9, 3.1, 5.0)
HOURS, FITTED = 365 * 24, 335 * 24
BIRDS = ("blackbird", "blue tit", "great tit", "house sparrow", "robin", "starling", "wren")
RATE = 8000


@lru_cache
def levels() -> Array:
    """A year of water levels, in metres."""
    hours = np.arange(HOURS)
    waves = [a * np.cos(2 * math.pi * hours / p + f) for a, p, f in zip(_HEIGHTS, PERIODS, _PHASES, strict=True)]
    noise = np.random.default_rng(3).normal(0, 0.08, HOURS)
    found: Array = np.round(2.4 + sum(waves) + noise, 2).astype(np.float32)
    return found


@lru_cache
def tides() -> Array:
    """The fitted mean, then a cosine and a sine for each period."""
    found: Array = np.linalg.lstsq(_waves()[:FITTED], levels()[:FITTED], rcond=None)[0].astype(np.float32)
    return found


def tides_error() -> float:
    """The mean absolute error over the hours that were not fitted."""
    return float(np.abs(_waves()[FITTED:] @ tides() - levels()[FITTED:]).mean())


def tide_rows() -> str:
    """Each tide's period and amplitude, as rows of a Markdown table."""
    pairs = tides()[1:].reshape(-1, 2)
    names = ("moon, twice a day", "sun, twice a day", "moon, once a day", "sun, once a day")
    return "\n".join(
        f"| {name} | {period:.2f} | {np.hypot(*pair):.2f} |"
        for name, period, pair in zip(names, PERIODS, pairs, strict=True)
    )


def _waves() -> Array:
    hours = np.arange(HOURS)
    columns = [np.ones(HOURS)]
    for period in PERIODS:
        columns += [np.cos(2 * math.pi * hours / period), np.sin(2 * math.pi * hours / period)]
    found: Array = np.stack(columns, axis=1).astype(np.float32)
    return found


def tide_table() -> bytes:
    """As CSV."""
    return ("hour,level\n" + "".join(f"{hour},{level:.2f}\n" for hour, level in enumerate(levels()))).encode()


def soundings() -> bytes:
    """Depths along a channel, as CSV."""
    at = np.arange(0, 4000, 25)
    depth = 6 + 3 * np.sin(at / 700) + np.random.default_rng(5).normal(0, 0.2, len(at))
    return ("metres,depth\n" + "".join(f"{one},{two:.1f}\n" for one, two in zip(at, depth, strict=True))).encode()


@lru_cache
def counts() -> Array:
    """How many of each bird in each of 52 weeks."""
    weeks = np.arange(52)[:, None]
    rates = np.array([4, 6, 5, 14, 3, 9, 2]) * (1 + 0.6 * np.sin((weeks - 10) / 52 * 2 * math.pi))
    found: Array = np.random.default_rng(11).poisson(rates).astype(np.float32)
    return found


def count_lines(weeks: int) -> bytes:
    """The counts of so many weeks as JSON Lines."""
    rows = [{"week": week + 1, "bird": bird, "seen": int(counts()[week, place])}
            for week in range(weeks) for place, bird in enumerate(BIRDS)]  # fmt: skip
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def plot() -> bytes:
    """The counts as a PNG picture: a bar a week, a colour a bird."""
    colours = np.array([(40, 40, 48), (0, 118, 190), (139, 157, 58), (165, 124, 82), (198, 73, 37), (74, 58, 102),
                        (122, 85, 56)], np.uint8)  # fmt: skip
    picture = np.full((240, 52 * 12 + 4, 3), 250, np.uint8)
    for week, seen in enumerate(counts().astype(int)):
        foot = 236
        for bird, many in enumerate(seen):
            top = foot - int(many) * 3
            picture[max(top, 4) : foot, week * 12 + 4 : week * 12 + 13] = colours[bird]
            foot = top
    return _png(picture)


def chirp(kind: int, voice: int) -> bytes:
    """A third of a second of sound, as a WAV file: rising, falling or warbling."""
    time = np.arange(RATE // 3) / RATE
    bend = (time * 3, 1 - time * 3, 0.5 + 0.4 * np.sin(2 * math.pi * 24 * time))[kind]
    tone = np.sin(2 * math.pi * np.cumsum(1400 + 300 * voice + 900 * bend) / RATE) * np.hanning(len(time))
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes((tone * 20_000).astype("<i2").tobytes())
    return file.getvalue()


def _png(picture: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]") -> bytes:
    height, width, _ = picture.shape
    rows = b"".join(b"\0" + row.tobytes() for row in picture)
    parts = ((b"IHDR", struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows, 9)),
             (b"IEND", b""))  # fmt: skip
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    )
