"""The time, as a value that can be handed in and, in tests, held still."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], int]
"""Microseconds since 1970 UTC."""


def now() -> int:
    """Microseconds since 1970 UTC."""
    return time.time_ns() // 1000


def iso(micros: int) -> str:
    """The Hub's date form: `2026-11-22T01:02:03.456Z` (a `+00:00` suffix breaks the client)."""
    moment = datetime.fromtimestamp(micros // 1000 / 1000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{micros // 1000 % 1000:03d}Z"
