"""Sizes, times and errors in the words that people read."""

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
    """An error as a person should read it. `offer` is `sign-in`, `search` or empty: what the page holds out."""

    status: int
    title: str
    message: str
    advice: str
    offer: str


_ERRORS = {
    401: ("Not found, or not public", "", "sign-in"),
    403: ("Not allowed", "Ask its owner for the right, or sign in with another account.", ""),
    404: ("Not found", "Check the spelling of the address, or look for it by name.", "search"),
    416: ("No such part", "Ask for a range within the file.", ""),
    429: ("Too many requests", "Wait a moment, then try again.", ""),
    501: ("Not built yet", "This part of the hub does not exist yet.", ""),
    507: ("The hub's disk is full", "Nothing was written. Ask the operator of this hub to free some space.", ""),
}


def error_page(status: int, message: str, *, signed_in: bool) -> ErrorPage:
    """The page for an HTTP status; `message` is the sentence that came with the error."""
    if status in _ERRORS:
        title, advice, offer = _ERRORS[status]
    elif status < 500:
        title, advice, offer = "That did not work", "Go back, change what the message names, and try again.", ""
    else:
        title, advice, offer = "The hub made a mistake", "It has been logged. Try again in a moment.", ""
    if signed_in and offer == "sign-in":
        offer = "search"
    return ErrorPage(status, title, message, advice, offer)
