"""What both doors of git do alike: find a repository, land a push, and heed which protocol is spoken."""

import re
from collections.abc import Callable
from contextlib import suppress
from typing import IO, TypeVar

import structlog

from freehold.base.errors import HubError, Moved, StorageFailed, StorageFull, Unprocessable
from freehold.base.ids import RepoId
from freehold.core.repos.pushing import PushWriter, Wishes
from freehold.stores.git.scratch import Quarantine
from freehold.stores.git.store import RefMove
from freehold.wire.git.push import Push, report
from freehold.wire.secrets import ALLOW

MOST_WANTS = 64 << 20
"""Bytes in which a client may say what it wants and has."""

MOST_PUSHED = 4 << 30
"""Bytes of one push: what is larger belongs into git-lfs, or into several pushes."""

_VERSION = re.compile(r"version=[012]")

log = structlog.get_logger("freehold")

Opened = TypeVar("Opened")


def land(writer: PushWriter, quarantine: Quarantine, push: Push, pack: IO[bytes]) -> bytes:
    """Check what was pushed and move the refs; what is to be answered. `pack` is at the beginning of the pack."""
    if not push.commands:
        return b""  # a large push first asks with an empty one whether it may
    moves = [RefMove(command.ref, command.old, command.new) for command in push.commands]
    try:
        if push.brings_pack:
            quarantine.index(pack)
        refusals = writer.receive(quarantine, moves, Wishes("atomic" in push.capabilities, ALLOW in push.options))
    except Unprocessable as error:
        return report(push, {move.name: error.message for move in moves}, "the pack was refused")
    except (StorageFull, StorageFailed) as error:
        log.error("a push could not be kept", exc_info=error)
        return report(push, {move.name: error.message for move in moves}, "the hub could not keep the pack")
    warnings: list[str] = []
    with suppress(HubError):  # what has landed is reported, whatever becomes of the advice
        warnings = writer.advice(quarantine, [move for move in moves if move.name not in refusals])
    return report(push, refusals, warnings=warnings)


def version_of(asked: str) -> str:
    """The version that a client asks for (`GIT_PROTOCOL`), and nothing else that its words may hold."""
    return next((word for word in asked.split(":") if _VERSION.fullmatch(word)), "")


def wherever_it_is(open_at: Callable[[RepoId], Opened], repo_id: RepoId) -> Opened:
    """The repository of an address that it had once, too.

    A redirect would not do: git that was asked to sign in follows the one of its first request only, and then sends
    what it pushes to the old address.
    """
    try:
        return open_at(repo_id)
    except Moved as moved:
        namespace, name = moved.to.split("/")[-2:]
        return open_at(RepoId(repo_id.kind, namespace, name))
