"""`freehold reindex`: what is derived of repositories, made anew from what is true."""

import gc
import sys

from freehold.app import open_rooms
from freehold.settings import Settings

_TOLD_EVERY = 1000


def reindex(settings: Settings) -> None:
    """Make all entries, their facts where a step says otherwise by now, and the search index anew."""
    gc.enable()  # `__main__` had switched it off, and this may take long
    rooms = open_rooms(settings)
    count = 0
    try:
        for count, repo in enumerate(rooms.catalog.remake(), start=1):
            if count % _TOLD_EVERY == 0:
                print(f"{count} so far, {repo.repo_id} the last", file=sys.stderr)
    finally:
        rooms.close()
    print(f"{count} repositories were read anew, and the search index was replaced.")
