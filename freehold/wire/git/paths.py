"""Which paths a repository may hold: those that every client can check out and none can be harmed by."""

import re
import unicodedata

from freehold.base.errors import Unprocessable
from freehold.base.words import later

LONGEST_NAME = 255
LONGEST_PATH = 4096
"""In bytes of UTF-8, as Linux counts."""

DEEPEST = 128
"""Folders within folders: trees are written by recursion, and no real repository comes near."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_IGNORED_BY_HFS = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")
_GIT_SHORT = re.compile(r"git~[0-9]+")


def check_path(path: str) -> str:
    """Return `path` if a file may have it; raise Unprocessable, naming it, otherwise."""
    fault = _fault(path)
    if fault:
        raise Unprocessable(f"Invalid path in repo: {path[:200]!r}: {fault}.")
    return path


def _fault(path: str) -> str | None:
    whole = {
        later("it is empty"): not path,
        later("it is not valid Unicode"): not _is_unicode(path),
        later(f"it is longer than {LONGEST_PATH} bytes"): len(path.encode("utf-8", "replace")) > LONGEST_PATH,
        later("it has a control character"): _CONTROL.search(path),
        later("it must be relative: remove the leading '/'"): path.startswith("/"),
        later("use '/' between folders, not '\\'"): "\\" in path,
        later(f"it lies more than {DEEPEST} folders deep"): path.count("/") > DEEPEST,
    }
    found = next((fault for fault, present in whole.items() if present), None)
    return found or next((fault for name in path.split("/") if (fault := _name_fault(name))), None)


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _name_fault(name: str) -> str | None:
    if not name:
        return later("it has an empty folder name")
    if name in {".", ".."}:
        return later(f"{name!r} may not be part of it")
    if len(name.encode("utf-8")) > LONGEST_NAME:
        return later(f"a name in it is longer than {LONGEST_NAME} bytes")
    if _is_dot_git(name):
        return later(f"{name!r} belongs to git and may not be part of it")
    return None


def _is_dot_git(name: str) -> bool:
    # macOS drops some invisible letters and NTFS drops trailing dots, spaces and everything after a
    # colon: each of these spellings opens the same `.git` (CVE-2014-9390, CVE-2019-1352).
    plain = _IGNORED_BY_HFS.sub("", unicodedata.normalize("NFKC", name)).lower()
    plain = plain.split(":")[0].rstrip(" .")
    return plain == ".git" or _GIT_SHORT.fullmatch(plain) is not None
