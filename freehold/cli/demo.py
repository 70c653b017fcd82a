"""`freehold demo`: an example hub to look at, made on the first call."""

import gc
import logging

from freehold.asgi.logs import configure
from freehold.cli.serve import serve
from freehold.demo.cast import PEOPLE
from freehold.demo.seeding import Demo, seed
from freehold.settings import Settings


def run(settings: Settings, *, only_make: bool) -> None:
    """Make the demo unless it is there, say who is in it, and serve it."""
    configure(settings.log_format)
    gc.enable()  # `__main__` had switched it off, and this makes much
    print(f"Looking for the demo in {settings.data}; making it takes less than a minute …", flush=True)
    inner = logging.getLogger("uvicorn.error")  # of the servers that large files are converted by
    inner.setLevel(logging.WARNING)
    demo = seed(settings)
    inner.setLevel(logging.NOTSET)
    for line in _lines(demo):
        print(line)
    if not only_make:
        serve(settings)


def _lines(demo: Demo) -> list[str]:
    width = max(len(one.name) for one in PEOPLE)
    return [
        "The demo is made." if demo.new else "The demo is here already.",
        "",
        f"Everybody signs in with the password {demo.note.password}",
        *(f"  {one.name.ljust(width)}  {one.role}" for one in PEOPLE),
        "",
    ]
