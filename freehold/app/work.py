"""The work that goes on behind the faces: which job is done by whom, and which comes again by itself."""

from collections.abc import Mapping
from typing import Any

from freehold.app.rooms import Rooms
from freehold.core.accounts.orgs.proofs import EVERY_S as RECHECK_EVERY_S
from freehold.core.accounts.orgs.proofs import RECHECK
from freehold.core.accounts.secrets import hub_secret
from freehold.core.accounts.signing_in.changing import CLOSED
from freehold.core.accounts.telling import TOLD
from freehold.core.accounts.trail.chain import CHECKPOINT_EVERY_S
from freehold.core.accounts.trail.personal import FORGET_EVERY_S
from freehold.core.catalog.calendar import EVERY_S as CALENDAR_EVERY_S
from freehold.core.catalog.calendar import TRIM as CALENDAR
from freehold.core.catalog.trending import EVERY_S as TALLY_EVERY_S
from freehold.core.catalog.trending import TALLY
from freehold.core.queue.events import HAPPENED
from freehold.core.queue.worker import Handler
from freehold.core.repos.backing import Backing
from freehold.core.repos.buckets import SWEEP_EVERY_S as BUCKETS_SWEPT_EVERY_S
from freehold.core.repos.estate import Estate
from freehold.core.repos.garbage import Garbage, gather
from freehold.core.repos.gating import TIDIED_EVERY_S as GATES_TIDIED_EVERY_S
from freehold.core.repos.upkeep import SWEEP_EVERY_S
from freehold.features.discussions.attachments import SWEEP_EVERY_S as ATTACHMENTS_SWEPT_EVERY_S
from freehold.features.notices.notices import TRIM, TRIM_EVERY_S
from freehold.protocols.xet.conversion import Conversions
from freehold.protocols.xet.entrance import Entrance
from freehold.protocols.xet.signing import Signer

CHORES = {
    "audit.checkpoint": CHECKPOINT_EVERY_S,
    "audit.forget": FORGET_EVERY_S,
    "git.sweep": SWEEP_EVERY_S,
    "gates.tidy": GATES_TIDIED_EVERY_S,
    "objects.trim": 3600,
    "attachments.sweep": ATTACHMENTS_SWEPT_EVERY_S,
    "buckets.sweep": BUCKETS_SWEPT_EVERY_S,
    "storage.collect": 3600,
    TALLY: TALLY_EVERY_S,
    CALENDAR: CALENDAR_EVERY_S,
    TRIM: TRIM_EVERY_S,
    RECHECK: RECHECK_EVERY_S,
}
"""Work that comes again by itself, and after how many seconds."""


def handlers(rooms: Rooms) -> Mapping[str, Handler]:
    """Who does which background job."""
    waste = garbage(rooms)
    backing = Backing(rooms.db, rooms.xet)

    def landed(payload: Mapping[str, Any]) -> None:
        rooms.gating.landed(payload)
        rooms.catalog.landed(payload)

    def happened(payload: dict[str, Any]) -> None:
        rooms.catalog.calendar.heard(payload)
        rooms.notices.listening.happened(payload)

    def closed(payload: Mapping[str, Any]) -> None:
        Estate(rooms.repos).let_go(payload)
        rooms.collections.let_go(payload)
        rooms.catalog.likes.let_go(payload)
        rooms.discussions.let_go(payload)

    return {
        CLOSED: closed,
        "audit.checkpoint": rooms.chain.chore,
        "audit.forget": rooms.personal.chore,
        "attachments.sweep": rooms.discussions.attachments.chore,
        "buckets.sweep": rooms.repos.buckets.sweep,
        "commit.landed": landed,
        HAPPENED: happened,
        TOLD: rooms.notices.of_accounts.tell,
        TRIM: rooms.notices.trim,
        "gates.tidy": rooms.gating.tidy,
        TALLY: rooms.catalog.trending.tally,
        CALENDAR: rooms.catalog.calendar.trim,
        "git.repack": waste.upkeep.repack,
        "git.sweep": waste.upkeep.sweep,
        "object.convert": Conversions(entrance_of(rooms), rooms.objects, rooms.xet, backing, waste.folders).convert,
        "object.verify": backing.verify,
        "objects.sweep": waste.trimming.sweep,
        "objects.trim": waste.trimming.trim,
        "storage.collect": waste.chore,
    }


def slow_handlers(rooms: Rooms) -> Mapping[str, Handler]:
    """Who does what waits for machines elsewhere, and so must not stand in the way of others."""
    return {**rooms.notices.slow_handlers(), RECHECK: rooms.orgs.proofs.recheck}


def garbage(rooms: Rooms) -> Garbage:
    """What may be deleted."""
    settings = rooms.settings
    return gather(rooms.repos, rooms.xet, settings.plain_cache_bytes, settings.data / "tmp")


def entrance_of(rooms: Rooms) -> Entrance:
    """How the CAS's doors open: who may take which ticket."""
    signer = Signer(hub_secret(rooms.db, "xet-sign"), rooms.clock, rooms.repos.holds.epochs.current)
    return Entrance(rooms.repos, rooms.people, rooms.tokens, rooms.keys, signer)
