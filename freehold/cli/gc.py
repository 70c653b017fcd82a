"""`freehold gc` and `freehold retention`: what nothing needs any more, shown or deleted, and the rules for it."""

import gc as collector
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict

from freehold.app import Rooms, garbage, open_rooms
from freehold.base.clock import iso
from freehold.base.errors import NotFound
from freehold.base.retention import Doomed
from freehold.core.accounts.actor import SYSTEM
from freehold.settings import Settings

TOKENS_S = 2 * 3600
"""After this long no access token of an earlier Xet address holds any more."""


def show(settings: Settings, *, as_json: bool) -> None:
    """Print what would go, why and when; change nothing."""
    rooms = _open(settings)
    try:
        found = list(garbage(rooms).found())
    finally:
        rooms.close()
    if as_json:
        print(json.dumps([asdict(one) for one in found], indent=2))
        return
    for line in _lines(found, rooms.clock()):
        print(line)


def collect(settings: Settings, *, now: bool) -> None:
    """Delete what is due; with `now`, make clients forget what they could still name, so that it is due soon."""
    rooms = _open(settings)
    try:
        if now:
            rooms.people.bump_xet_epochs(SYSTEM)
            rooms.xet.sweeping.shorten(rooms.clock() + TOKENS_S * 1_000_000)
            print("All clients get a new Xet address. What they could still name is due in two hours: run this again.")
        done = garbage(rooms).collect()
        print(f"{done.contents} contents were let go of, {done.freed} bytes freed.")
        if not garbage(rooms).retentions.rules().collects:
            print("No rule lets anything else go. Set gc_keep_days, or a namespace's own: freehold retention NAME DAYS")
    finally:
        rooms.close()


def set_retention(settings: Settings, name: str, rule: str) -> None:
    """Give a namespace its own rule: a number of days, `never`, or `default`."""
    rooms = _open(settings)
    try:
        account = rooms.people.by_name(name)
        if account is None:
            raise NotFound(f"There is no account called {name!r}.")
        retentions = garbage(rooms).retentions
        if rule == "default":
            retentions.unset(SYSTEM, account)
        else:
            retentions.set(SYSTEM, account, None if rule == "never" else int(rule))
        print(f"{account.name}: {rule}" + ("" if rule in ("never", "default") else " days"))
    finally:
        rooms.close()


def _open(settings: Settings) -> Rooms:
    if not settings.database and not (settings.data / "hub.sqlite").is_file():
        raise NotFound(f"There is no hub in {settings.data}. Name its folder with --data.")
    collector.enable()  # `__main__` had switched it off, and this may take long
    return open_rooms(settings)


def _lines(found: Iterable[Doomed], now: int) -> Iterable[str]:
    """One line for each kind, reason and readiness: how many, how many bytes, and when the next of them goes."""
    groups: dict[tuple[str, str, str], list[Doomed]] = defaultdict(list)
    for one in found:
        ready = "no rule" if one.due is None else "now" if one.is_due(now) else "later"
        groups[one.kind, one.reason, ready].append(one)
    if not groups:
        yield "Everything that is kept is needed."
    for (kind, reason, ready), members in sorted(groups.items()):
        when = {"now": "goes now", "no rule": "stays: no rule lets it go"}.get(ready)
        if when is None:
            when = f"goes from {iso(min(one.due or 0 for one in members))} on"
        yield f"{len(members)} {kind}s, {sum(one.size for one in members)} bytes: {reason}; {when}"
