"""A year of days as a drawing of weeks, and as a table of months for whoever does not see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from freehold.base.words import later
from freehold.web.languages import say
from freehold.web.wording import day as spelled
from freehold.web.wording import month

DAY = 86_400_000_000
WEEKS = 53
STEP = 14
"""Units of the drawing from one day to the next."""
_EPOCH = date(1970, 1, 1)
_MONTHS = (
    later("January"), later("February"), later("March"), later("April"), later("May"), later("June"),
    later("July"), later("August"), later("September"), later("October"), later("November"), later("December"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Square:
    """One day: where it is drawn, how dark (0 to 4), and what it says."""

    x: int
    y: int
    level: int
    said: str


@dataclass(frozen=True, slots=True)
class Month:
    """One month in words: its name and year, what was done, and on how many days."""

    name: str
    done: int
    days: int


@dataclass(frozen=True, slots=True)
class Year:
    """The year that ends with today; `labels` are names of months, each above the week in which it begins."""

    total: int
    squares: Sequence[Square]
    labels: Sequence[tuple[int, str]]
    months: Sequence[Month]
    width: int = WEEKS * STEP + 26
    height: int = 7 * STEP + 20


def year_of(counts: Mapping[int, int], at: int) -> Year:
    """The year before the moment `at`; `counts` are by days since 1970."""
    today = datetime.fromtimestamp(at / 1_000_000, UTC).date()
    first = today - timedelta(days=today.weekday() + 7 * (WEEKS - 1))
    days = [first + timedelta(days=place) for place in range((today - first).days + 1)]
    of = {day: counts.get((day - _EPOCH).days, 0) for day in days}
    most = max(of.values())
    squares = [
        Square(26 + place // 7 * STEP, 18 + place % 7 * STEP, _level(of[day], most), _said(day, of[day]))
        for place, day in enumerate(days)
    ]
    return Year(sum(of.values()), squares, _labels(days), _months(of))


def _level(count: int, most: int) -> int:
    """Quarters of the busiest day; one alone is not the darkest."""
    return 0 if not count else max(1, -(-4 * count // max(most, 4)))


def _said(day: date, count: int) -> str:
    return say("%(num)s on %(day)s", num=count, day=spelled((day - _EPOCH).days * DAY)) if count else ""


def _labels(days: Sequence[date]) -> list[tuple[int, str]]:
    weeks = [days[place] for place in range(0, len(days), 7)]
    starts = [(place, day) for place, day in enumerate(weeks) if place and day.month != weeks[place - 1].month]
    return [(26 + place * STEP, month(day.month)) for place, day in starts if place < WEEKS - 2]


def _months(of: Mapping[date, int]) -> list[Month]:
    found: dict[tuple[int, int], list[int]] = {}
    for day, count in of.items():
        found.setdefault((day.year, day.month), []).append(count)
    return [
        Month(f"{say(_MONTHS[of_year - 1])} {year}", sum(counts), sum(1 for count in counts if count))
        for (year, of_year), counts in reversed(found.items())
    ]
