"""The clock of a story: it stands where the story is, and is the real one again when the story is over."""

from freehold.base.clock import now

DAY = 24 * 3600 * 1_000_000
_TICK = 1_000


class Calendar:
    """Microseconds since 1970 UTC, as every room asks for them."""

    def __init__(self) -> None:
        self._today = now()
        self._at: int | None = None

    def __call__(self) -> int:
        """The moment of the story; every question takes a millisecond, so that nothing happens at the same time."""
        if self._at is None:
            return now()
        self._at += _TICK
        return self._at

    def go(self, days_ago: float) -> None:
        """Be so many days before the moment at which the story is told."""
        self._at = self._today - int(days_ago * DAY)

    def release(self) -> None:
        """Be the real clock."""
        self._at = None
