"""Sizes, times and errors in the words that people read."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from freehold.base.ids import RepoKind
from freehold.base.words import forms, later
from freehold.core.facts.languages import language_name
from freehold.web.languages import count, say, say_of, told
from freehold.wire.licenses import LICENSES

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")
_SPANS = (
    (365 * 86400, forms("%(num)s year", "%(num)s years"), forms("%(num)s year ago", "%(num)s years ago")),
    (30 * 86400, forms("%(num)s month", "%(num)s months"), forms("%(num)s month ago", "%(num)s months ago")),
    (7 * 86400, forms("%(num)s week", "%(num)s weeks"), forms("%(num)s week ago", "%(num)s weeks ago")),
    (86400, forms("%(num)s day", "%(num)s days"), forms("%(num)s day ago", "%(num)s days ago")),
    (3600, forms("%(num)s hour", "%(num)s hours"), forms("%(num)s hour ago", "%(num)s hours ago")),
    (60, forms("%(num)s minute", "%(num)s minutes"), forms("%(num)s minute ago", "%(num)s minutes ago")),
)
_MONTHS = (
    later("Jan"), later("Feb"), later("Mar"), later("Apr"), later("May"), later("Jun"),
    later("Jul"), later("Aug"), later("Sep"), later("Oct"), later("Nov"), later("Dec"),
)  # fmt: skip
_KINDS = {
    RepoKind.MODEL: (later("model"), later("models")),
    RepoKind.DATASET: (later("dataset"), later("datasets")),
    RepoKind.SPACE: (later("space"), later("spaces")),
    RepoKind.KERNEL: (later("kernel"), later("kernels")),
    RepoKind.BUCKET: (later("bucket"), later("buckets")),
}


def kind(kind: RepoKind) -> str:
    """What one is called: `model`."""
    return say(_KINDS[RepoKind(kind)][0])


def kinds(kind: RepoKind) -> str:
    """What several are called: `models`."""
    return say(_KINDS[RepoKind(kind)][1])


def language(code: str) -> str:
    """A language that a card names by its code: `German`; what is no code stays as it is."""
    name = language_name(code)
    return say(name) if name else code


def size(many: float) -> str:
    """Bytes in decimal units, as disks and networks are sold: `90.9 MB`."""
    unit = 0
    while many >= 999.5 and unit < len(_UNITS) - 1:
        many, unit = many / 1000, unit + 1
    return f"{many:.0f} {_UNITS[unit]}" if unit == 0 or many >= 99.95 else f"{pointed(many)} {_UNITS[unit]}"


def number(many: float) -> str:
    """A large number for a small place: `22.7M`, `7B`."""
    for bound, unit in (
        (1e12, later("%(num)sT")),
        (1e9, later("%(num)sB")),
        (1e6, later("%(num)sM")),
        (1e3, later("%(num)sK")),
    ):
        if many >= bound * 0.9995:
            short = many / bound
            whole = f"{short:.0f}" if short >= 99.95 or f"{short:.1f}".endswith(".0") else pointed(short)
            return say(unit, num=whole)
    return f"{many:.0f}"


def grouped(many: int) -> str:
    """A number with all its digits: `1,234,567`."""
    return f"{many:,}".replace(",", say_of("between thousands", ","))


def visibility(word: str) -> str:
    """Who may see something, in a word."""
    names = {
        "public": say_of("visibility", "public"),
        "private": say_of("visibility", "private"),
        "protected": say_of("visibility", "protected"),
    }
    return names.get(word, word)


def role(word: str) -> str:
    """What a member, a key or a token may do, in a word."""
    names = {
        "no_access": say_of("role", "no access"),
        "read": say_of("role", "read"),
        "contributor": say_of("role", "contributor"),
        "write": say_of("role", "write"),
        "admin": say_of("role", "admin"),
        "fineGrained": say_of("role", "fine-grained"),
    }
    return names.get(word, word)


def licence(name: str) -> str:
    """What a licence is called, by its id: `Apache License 2.0`."""
    return say(LICENSES[name]) if name in LICENSES else name


def pointed(value: float) -> str:
    """A number with one digit behind the point: `22.7`."""
    return f"{value:.1f}".replace(".", say_of("decimal point", "."))


def ago(micros: int, at: int) -> str:
    """How long before `at` a time lies: `3 days ago`."""
    seconds = max(0, at - micros) // 1_000_000
    for length, _, before in _SPANS:
        if seconds >= length:
            return count(*before, seconds // length)
    return say("just now")


def span(micros: int) -> str:
    """How long something took: `3 days`; less than a minute is one."""
    seconds = max(60, micros // 1_000_000)
    length, lasted, _ = next(one for one in _SPANS if seconds >= one[0])
    return count(*lasted, round(seconds / length))


def day(micros: int) -> str:
    """A date: `22 Nov 2026`."""
    moment = datetime.fromtimestamp(micros / 1_000_000, UTC)
    return say("%(day)s %(month)s %(year)s", day=moment.day, month=month(moment.month), year=moment.year)


def month(of_year: int) -> str:
    """A month for a small place, counted from 1: `Nov`."""
    return say(_MONTHS[of_year - 1])


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


_SPELLING = later("Check the spelling of the address.")
_SIGNED_OUT = later(
    "If it is private, sign in with an account that may see it. The hub says the same of what does not exist."
)
_OTHER_ACCOUNT = later("If it is private, ask its owner to let you in. The hub says the same of what does not exist.")
_MOVED = later("It may have been renamed or deleted: look for it by name.")
_ERRORS: dict[int, tuple[str, tuple[str, ...]]] = {
    401: (later("Not found, or not public"), (_SPELLING, _MOVED)),
    403: (later("Not allowed"), (later("Ask its owner for the right, or use another account."),)),
    404: (later("Not found"), (_SPELLING, _MOVED)),
    405: (later("Not like this"), (later("Open the page anew and use its own buttons."),)),
    413: (later("Too large"), (later("Send less at once: large files go by hf upload or by git."),)),
    416: (later("No such part"), (later("Ask for a range within the file."),)),
    429: (later("Too many requests"), (later("Wait a moment, then try again."),)),
    501: (later("Not built yet"), (later("This part of the hub does not exist yet."),)),
    503: (later("Not just now"), (later("Nothing is lost. Try again in a moment."),)),
    507: (
        later("The hub's disk is full"),
        (later("Nothing was written. Ask the operator of this hub to free some space."),),
    ),
}
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}", re.ASCII)


def error_page(status: int, message: str, *, signed_in: bool, path: str = "", reference: str = "") -> ErrorPage:
    """The page for an HTTP status; `message` is the sentence that came with the error, `path` what was asked for."""
    if status in _ERRORS:
        title, steps = _ERRORS[status]
    elif status < 500:
        title, steps = later("That did not work"), (later("Go back, change what the message names, and try again."),)
    else:
        title, steps = later("The hub made a mistake"), (later("It has been logged. Try again in a moment."),)
    lost = status in (401, 404)
    if lost:
        steps = (*steps, _OTHER_ACCOUNT if signed_in else _SIGNED_OUT)
    return ErrorPage(
        status,
        say(title),
        told(message),
        tuple(say(step) for step in steps),
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
