"""How often a repository is downloaded, as a number and a line that fits beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from freehold.core.catalog.downloads import RECENT_DAYS, Downloads
from freehold.core.catalog.popularity import Popularity

WIDTH, HEIGHT = 120, 28


@dataclass(frozen=True, slots=True)
class Spark:
    """`line` are the points of the last thirty days in a box of WIDTH by HEIGHT; empty without any."""

    recent: int
    total: int
    line: str


def spark_of(downloads: Downloads, repo_id: str, popularity: Popularity) -> Spark:
    """The downloads of a repository that its reader may see."""
    counts = downloads.by_day(repo_id) if popularity.downloads else ()
    return Spark(popularity.downloads, popularity.all_time, line(counts) if any(counts) else "")


def line(counts: Sequence[int]) -> str:
    """SVG points, left to right; the greatest count touches the top."""
    most, step = max(counts), WIDTH / (RECENT_DAYS - 1)
    return " ".join(
        f"{position * step:.1f},{HEIGHT - 2 - count / most * (HEIGHT - 4):.1f}" for position, count in enumerate(counts)
    )
