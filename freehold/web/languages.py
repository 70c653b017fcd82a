"""The languages that pages speak: which one a reader asks for, and what a sentence is called in it.

Sentences are their own keys, in English, as in gettext; a catalogue is `catalogues/<tag>.po`. docs/translating.md says
how words get into it.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

import polib
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Receive, Scope, Send

CATALOGUES = Path(__file__).parent / "catalogues"
COOKIE = "freehold_language"
ERROR = "error"
"""The comment of an entry that is the message of an error, which is looked up after its gaps were filled."""


@dataclass(frozen=True, slots=True)
class Language:
    """`tag` as in HTML's `lang`, `name` as its own speakers call it."""

    tag: str
    name: str


ENGLISH = Language("en", "English")
LANGUAGES = {one.tag: one for one in (ENGLISH, Language("de", "Deutsch"))}
_SPOKEN: ContextVar[Language] = ContextVar("freehold_language", default=ENGLISH)
_MOST_ASKED = 20
_GAP = re.compile(r"%\((\w+)\)s")
_SAID_BY_THE_HUB = ("beside", "fault", "message", "otherwise", "problem", "refused", "where")
"""Gaps of messages that other messages fill."""


class Languages:
    """Middleware that notes the language of each request for the time of its answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        with speaking(asked_for(scope["headers"])):
            return await self.app(scope, receive, send)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Within it, words are those of `language`."""
    before = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def spoken() -> Language:
    """The language of this answer."""
    return _SPOKEN.get()


def asked_for(headers: Sequence[tuple[bytes, bytes]]) -> Language:
    """What the reader chose here, else the best of what the browser prefers, else English."""
    found = {name: value for name, value in headers if name in (b"cookie", b"accept-language")}
    if b"cookie" in found:
        chosen = LANGUAGES.get(cookie_parser(found[b"cookie"].decode("latin-1")).get(COOKIE, ""))
        if chosen:
            return chosen
    for tag in preferred(found.get(b"accept-language", b"").decode("latin-1")):
        language = LANGUAGES.get(tag.partition("-")[0])
        if language:
            return language
    return ENGLISH


def preferred(accepted: str) -> list[str]:
    """The tags of `Accept-Language` (RFC 9110, 12.5.4), the most wanted first, without what is malformed."""
    wanted: list[tuple[float, str]] = []
    for part in accepted.split(",")[:_MOST_ASKED]:
        tag, _, weight = part.strip().lower().partition(";")
        share = re.fullmatch(r"\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*", weight or "q=1")
        if share and float(share[1]) > 0:
            wanted.append((-float(share[1]), tag.strip()))
    return [tag for _, tag in sorted(wanted, key=lambda one: one[0])]


def say(text: str, **values: object) -> str:
    """A sentence in the reader's language, its gaps `%(name)s` filled; the text is written out where this is called."""
    found = _words(_SPOKEN.get().tag).gettext(text) if text else ""
    return found % values if values else found


def say_of(context: str, text: str, **values: object) -> str:
    """Like `say`, for a word that is too short to be understood without its context."""
    found = _words(_SPOKEN.get().tag).pgettext(context, text)
    return found % values if values else found


def form_of(one: str, many: str, number: int) -> str:
    """The sentence for `number` things, its gaps still open."""
    return _words(_SPOKEN.get().tag).ngettext(one, many, number)


def count(one: str, many: str, number: int, **values: object) -> str:
    """A sentence about `number` things, which is the gap `%(num)s`, too."""
    return form_of(one, many, number) % {"num": number, **values}


def told(message: str) -> str:
    """The message of an error in the reader's language, or as it is where the catalogue does not have it."""
    tag = _SPOKEN.get().tag
    found = _words(tag).gettext(message) if message else ""
    if tag == ENGLISH.tag or found != message:
        return found
    for known in _messages(tag):
        filled = known.gaps_of(message)
        if filled is not None:
            said = {gap: told(text) if gap in _SAID_BY_THE_HUB else text for gap, text in filled.items()}
            return known.translated % said
    return message


@dataclass(frozen=True, slots=True)
class _Message:
    """The message of an error: what stands before, between and after its gaps, and what it is in another language."""

    texts: tuple[str, ...]
    gaps: tuple[str, ...]
    translated: str

    def gaps_of(self, message: str) -> dict[str, str] | None:
        """What fills the gaps of a message; None if it is another one.

        Each text is taken where it comes first, which finds whatever there is to find without ever going back: messages
        hold what strangers send, over which a regular expression with as many gaps could brood for seconds.
        """
        first, *between = self.texts
        last = between.pop()
        end = len(message) - len(last)
        if not message.startswith(first) or not message.endswith(last):
            return None
        at, filled = len(first), []
        for text in between:
            found = message.find(text, at, end)
            if found < 0:
                return None
            filled.append(message[at:found])
            at = found + len(text)
        return dict(zip(self.gaps, [*filled, message[at:end]], strict=True)) if at <= end else None


@cache
def _entries(tag: str) -> polib.POFile:
    return polib.pofile(str(CATALOGUES / f"{tag}.po"))


@cache
def _words(tag: str) -> NullTranslations:
    return NullTranslations() if tag == ENGLISH.tag else GNUTranslations(BytesIO(_entries(tag).to_binary()))


@cache
def _messages(tag: str) -> Sequence[_Message]:
    """The messages that have gaps, the most particular first."""
    found = [one for one in _entries(tag) if one.comment == ERROR and one.msgstr and "%(" in one.msgid]
    found.sort(key=lambda one: -len(_GAP.sub("", one.msgid)))
    return [_message(one.msgid, one.msgstr) for one in found]


def _message(msgid: str, translated: str) -> _Message:
    parts = _GAP.split(msgid)
    return _Message(tuple(part.replace("%%", "%") for part in parts[::2]), tuple(parts[1::2]), translated)
