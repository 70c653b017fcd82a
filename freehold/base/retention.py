"""How long a hub keeps what nothing needs any more, and what a sweep found that is such."""

from collections.abc import Mapping
from dataclasses import dataclass, field

DAY_US = 86_400 * 1_000_000


@dataclass(frozen=True, slots=True)
class Retention:
    """Days that something stays after the last that needed it; None: it is never collected.

    A namespace's own rule, by the id of its account, goes before the hub's.
    """

    days: int | None = None
    own: Mapping[str, int | None] = field(default_factory=dict)

    def keep_us(self, owner_id: str) -> int | None:
        """How long what belonged to a namespace is kept, in microseconds; None: for ever."""
        days = self.own.get(owner_id, self.days)
        return None if days is None else days * DAY_US

    @property
    def collects(self) -> bool:
        """Whether anything is ever collected."""
        return self.days is not None or any(days is not None for days in self.own.values())


@dataclass(frozen=True, slots=True)
class Doomed:
    """Something that nothing needs any more.

    `due` is the moment (microseconds since 1970 UTC) from which it may go, None where no rule lets it; `size` is
    what its deletion frees in bytes, or for `content` and `file` what it is long; `since` tells whether it was
    needed again between a look and the deletion.
    """

    kind: str
    """`content` (of a repository), `file`, `xorb`, `stray`."""
    name: str
    owner_id: str
    size: int
    since: int
    due: int | None
    reason: str

    def is_due(self, now: int) -> bool:
        """Whether it may go now."""
        return self.due is not None and self.due <= now
