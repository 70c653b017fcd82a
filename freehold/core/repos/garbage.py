"""All that a hub may delete because nothing needs it any more: what it is, and its deletion in the right order."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import structlog

from freehold.base.retention import Doomed
from freehold.core.repos.collecting import Collecting
from freehold.core.repos.repos import Repos
from freehold.core.repos.retention import Retentions
from freehold.core.repos.trim import Trimming
from freehold.core.repos.upkeep import Upkeep
from freehold.stores.blobs.workfolders import WorkFolders
from freehold.stores.xet.store import XetStore

log = structlog.get_logger("freehold")


@dataclass(frozen=True, slots=True)
class Collected:
    """Contents that repositories let go of, and bytes of xorbs that were deleted."""

    contents: int
    freed: int


@dataclass(frozen=True, slots=True)
class Garbage:
    """What the chore `storage.collect` and `freehold gc` do. It may run beside uploads, and twice at once."""

    retentions: Retentions
    collecting: Collecting
    xet: XetStore
    trimming: Trimming
    upkeep: Upkeep
    folders: WorkFolders

    def found(self) -> Iterator[Doomed]:
        """What nothing needs any more, whether its time has come or not; changes nothing."""
        rules, sweeping = self.retentions.rules(), self.xet.sweeping
        return chain(
            self.collecting.found(rules),
            sweeping.files(rules),
            sweeping.soon_unused(rules),
            sweeping.unused(rules),
            self.xet.strays.found(),
        )

    def collect(self) -> Collected:
        """Delete what is due: contents of repositories, then files, then chunks; whole copies and packs, too."""
        rules = self.retentions.rules()
        contents = self.collecting.collect(rules) if rules.collects else 0
        freed = self.xet.sweeping.sweep(rules) + self.xet.strays.sweep()
        self.trimming.trim({})
        self.upkeep.sweep({})
        self.folders.tidy()
        return Collected(contents, freed)

    def chore(self, _payload: dict[str, Any]) -> None:
        """The job `storage.collect`. What no namespace owns (a broken upload's remains) goes without a rule."""
        done = self.collect()
        if done.contents or done.freed:
            log.info("collected", contents=done.contents, freed_bytes=done.freed)


def gather(repos: Repos, xet: XetStore, plain_bytes: int, work: Path) -> Garbage:
    """The garbage of a hub that keeps `plain_bytes` of whole copies, and has `work` for folders of work."""
    git, objects = repos.git, repos.objects
    return Garbage(
        repos.retentions,
        Collecting(git, objects, xet, objects.clock),
        xet,
        Trimming(objects, plain_bytes),
        Upkeep(git),
        WorkFolders(work),
    )
