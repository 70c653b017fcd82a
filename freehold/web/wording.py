"""Sizes, times and errors in the words that people read."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")
_SPANS = (
    (365 * 86400, "year"),
    (30 * 86400, "month"),
    (7 * 86400, "week"),
    (86400, "day"),
    (3600, "hour"),
    (60, "minute"),
)


def size(count: float) -> str:
    """Bytes in decimal units, as disks and networks are sold: `90.9 MB`."""
    unit = 0
    while count >= 999.5 and unit < len(_UNITS) - 1:
        count, unit = count / 1000, unit + 1
    return f"{count:.0f} {_UNITS[unit]}" if unit == 0 or count >= 99.95 else f"{count:.1f} {_UNITS[unit]}"


def number(count: float) -> str:
    """A large number for a small place: `22.7M`, `7B`."""
    for bound, unit in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K")):
        if count >= bound * 0.9995:
            short = count / bound
            return f"{short:.0f}{unit}" if short >= 99.95 else f"{short:.1f}".removesuffix(".0") + unit
    return f"{count:.0f}"


def ago(micros: int, at: int) -> str:
    """How long before `at` a time lies: `3 days ago`."""
    seconds = max(0, at - micros) // 1_000_000
    for span, name in _SPANS:
        if seconds >= span:
            count = seconds // span
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return "just now"


def span(micros: int) -> str:
    """How long something took: `3 days`; less than a minute is one."""
    seconds = max(60, micros // 1_000_000)
    length, name = next(one for one in _SPANS if seconds >= one[0])
    count = round(seconds / length)
    return f"{count} {name}{'s' if count > 1 else ''}"


def day(micros: int) -> str:
    """A date: `22 Nov 2026`."""
    moment = datetime.fromtimestamp(micros / 1_000_000, UTC)
    return f"{moment.day} {moment:%b %Y}"


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """An error as a person should read it, and what the page holds out.

    `steps` are sentences; `search` are words to look for, None where there is no point in it; `reference` is what the
    operator finds the request by.
    """

    status: int
    title: str
    message: str
    steps: tuple[str, ...] = ()
    sign_in: bool = False
    search: str | None = None
    reference: str = ""


_SPELLING = "Check the spelling of the address."
_SIGNED_OUT = "If it is private, sign in with an account that may see it. The hub says the same of what does not exist."
_OTHER_ACCOUNT = "If it is private, ask its owner to let you in. The hub says the same of what does not exist."
_MOVED = "It may have been renamed or deleted: look for it by name."
_ERRORS: dict[int, tuple[str, tuple[str, ...]]] = {
    401: ("Not found, or not public", (_SPELLING, _MOVED)),
    403: ("Not allowed", ("Ask its owner for the right, or use another account.",)),
    404: ("Not found", (_SPELLING, _MOVED)),
    405: ("Not like this", ("Open the page anew and use its own buttons.",)),
    413: ("Too large", ("Send less at once: large files go by hf upload or by git.",)),
    416: ("No such part", ("Ask for a range within the file.",)),
    429: ("Too many requests", ("Wait a moment, then try again.",)),
    501: ("Not built yet", ("This part of the hub does not exist yet.",)),
    503: ("Not just now", ("Nothing is lost. Try again in a moment.",)),
    507: ("The hub's disk is full", ("Nothing was written. Ask the operator of this hub to free some space.",)),
}
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}", re.ASCII)


def error_page(status: int, message: str, *, signed_in: bool, path: str = "", reference: str = "") -> ErrorPage:
    """The page for an HTTP status; `message` is the sentence that came with the error, `path` what was asked for."""
    if status in _ERRORS:
        title, steps = _ERRORS[status]
    elif status < 500:
        title, steps = "That did not work", ("Go back, change what the message names, and try again.",)
    else:
        title, steps = "The hub made a mistake", ("It has been logged. Try again in a moment.",)
    lost = status in (401, 404)
    if lost:
        steps = (*steps, _OTHER_ACCOUNT if signed_in else _SIGNED_OUT)
    return ErrorPage(
        status,
        title,
        message,
        steps,
        sign_in=status in (401, 403, 404) and not signed_in,
        search=_looked_for(path) if lost else None,
        reference=reference if status >= 500 else "",
    )


def _looked_for(path: str) -> str:
    """The name that an address speaks of, as far as it can be told from the address alone."""
    parts = [part for part in path.split("/") if part]
    if parts and parts[0] in ("models", "datasets", "spaces", "kernels", "buckets", "collections"):
        parts = parts[1:]
    name = parts[min(1, len(parts) - 1)] if parts else ""
    return name if _WORD.fullmatch(name) else ""
