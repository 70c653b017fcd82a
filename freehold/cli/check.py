"""`freehold check`: what does not agree with what, in words or JSON."""

import gc
import json
import sys
from dataclasses import asdict

from freehold.app import check, open_rooms
from freehold.base.errors import NotFound
from freehold.settings import Settings


def report(settings: Settings, *, as_json: bool, repair_index: bool = False) -> int:
    """Print every fault; 1 if there is any, else 0. With `repair_index` make the index of chunks anew before."""
    if not settings.database and not (settings.data / "hub.sqlite").is_file():
        raise NotFound(f"There is no hub in {settings.data}. Name its folder with --data.")
    gc.enable()  # `__main__` had switched it off, and this may take long
    rooms = open_rooms(settings)
    try:
        if repair_index:
            done = rooms.xet.repair_index()
            print(f"Index of chunks: {done.added} rows added, {done.removed} removed.", file=sys.stderr)
        faults = list(check(rooms))
    finally:
        rooms.close()
    if as_json:
        print(json.dumps({"ok": not faults, "faults": [asdict(fault) for fault in faults]}, indent=2))
    else:
        for fault in faults:
            print(f"{fault.room}: {fault.subject}: {fault.problem}")
        print(f"{len(faults)} faults." if faults else "Everything agrees.")
    return 1 if faults else 0
