"""Which paths a file of a bucket may have: those that every client can write to its disk and none can be harmed by."""

import re

from freehold.base.errors import Unprocessable
from freehold.base.words import later

LONGEST_PATH = 1024
"""In bytes of UTF-8: what object stores agree on, and what an index of a database can hold."""

LONGEST_NAME = 255

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DRIVE = re.compile(r"[A-Za-z]:")


def check_bucket_path(path: str) -> str:
    """Return `path` if a file may have it; raise Unprocessable, saying what is wrong, otherwise."""
    fault = _fault(path)
    if fault:
        raise Unprocessable(f"Invalid path {path[:200]!r}: {fault}.")
    return path


def _fault(path: str) -> str | None:
    try:
        length = len(path.encode("utf-8"))
    except UnicodeEncodeError:
        return later("it is not valid Unicode")
    if not path:
        return later("it is empty")
    if length > LONGEST_PATH:
        return later(f"it is longer than {LONGEST_PATH} bytes")
    if _CONTROL.search(path):
        return later("it has a control character")
    if "\\" in path:
        return later("use '/' between folders, not '\\'")
    return next((fault for name in path.split("/") if (fault := _name_fault(name))), None)


def _name_fault(name: str) -> str | None:
    if not name:
        return later("it begins or ends with '/', or has an empty folder name")
    if name in {".", ".."}:
        return later(f"{name!r} may not be part of it")
    if len(name.encode("utf-8")) > LONGEST_NAME:
        return later(f"a name in it is longer than {LONGEST_NAME} bytes")
    # Windows, and so every client, takes it for another disk: no folder that holds it could be downloaded.
    if _DRIVE.match(name):
        return later(f"{name[:2]!r} would name a disk")
    return None
