"""Accounts whose names can be mistaken for that of an organisation with a verified domain.

Names that look the same are never given (`names.claim`). This finds those that differ, and yet are misread: one letter
more, less, other or swapped, or the same name with a word that says "official".
"""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from freehold.base.clock import Clock, now
from freehold.core.accounts.names import looks_like, name_key
from freehold.stores.db.database import Database

SHORTEST = 5
"""Shorter names are a letter apart by chance."""

_FRESH_US = 60 * 1_000_000
_WORDS = "ai app corp hf hq hub inc lab labs llm official org real team the"
_ADDED = frozenset(looks_like(word) for word in _WORDS.split())


@dataclass(frozen=True, slots=True)
class Real:
    """The organisation that a name may be mistaken for, and a domain of its own."""

    name: str
    domain: str


@dataclass(frozen=True, slots=True)
class _Register:
    """Organisations by their folded names, and by these with a letter left out."""

    verified: Mapping[str, Real]
    folded: Mapping[str, Real]
    shortened: Mapping[str, tuple[str, ...]]
    until: int


class Lookalikes:
    """The names of verified organisations; what is known is at most a minute old."""

    def __init__(self, db: Database, clock: Clock = now) -> None:
        self._db, self._clock = db, clock
        self._register = _Register({}, {}, {}, 0)
        self._turn = threading.Lock()

    def of(self, name: str) -> Real | None:
        """The organisation that `name` may be mistaken for; None for one that is verified itself."""
        register = self._current()
        if name_key(name) in register.verified:
            return None
        text = looks_like(name)
        near = (other for cut in (text, *_shortened(text)) for other in register.shortened.get(cut, ()))
        found = next((other for other in near if other != text and _is_a_slip(text, other)), None)
        found = found or next((text for text in _without_words(text) if text in register.folded), None)
        return register.folded[found] if found else None

    def all(self) -> Iterator[tuple[str, Real]]:
        """Every account that has such a name, with the organisation that it may be mistaken for."""
        with self._db.read() as tx:
            names = [row.name for row in tx.all("SELECT name FROM accounts_account ORDER BY name_key")]
        yield from ((name, real) for name in names if (real := self.of(name)) is not None)

    def _current(self) -> _Register:
        with self._turn:
            if self._register.until <= self._clock():
                self._register = self._read()
            return self._register

    def _read(self) -> _Register:
        with self._db.read() as tx:
            rows = tx.all(
                "SELECT a.name, min(d.domain) AS domain FROM accounts_domain d"
                " JOIN accounts_account a ON a.id = d.org_id GROUP BY a.name ORDER BY a.name"
            )
        verified = {name_key(row.name): Real(row.name, row.domain) for row in rows}
        folded = {looks_like(real.name): real for real in verified.values()}
        shortened: dict[str, list[str]] = {}
        for text, real in folded.items():
            if len(real.name) >= SHORTEST:
                for cut in {text, *_shortened(text)}:
                    shortened.setdefault(cut, []).append(text)
        frozen = {cut: tuple(texts) for cut, texts in shortened.items()}
        return _Register(verified, folded, frozen, self._clock() + _FRESH_US)


def _shortened(text: str) -> Iterator[str]:
    """The text with each of its letters left out: two that are a letter apart have one of these in common."""
    yield from (text[:at] + text[at + 1 :] for at in range(len(text)))


def _is_a_slip(one: str, other: str) -> bool:
    """Whether one letter more, less or other, or two that are swapped, make them the same."""
    if len(one) > len(other):
        one, other = other, one
    start = next((at for at, letter in enumerate(one) if letter != other[at]), len(one))
    if len(one) < len(other):
        return one[start:] == other[start + 1 :]
    swapped = one[start : start + 2] == other[start : start + 2][::-1] and one[start + 2 :] == other[start + 2 :]
    return one[start + 1 :] == other[start + 1 :] or swapped


def _without_words(text: str) -> Iterator[str]:
    """What is left of a name without a word at its beginning or its end that makes it sound like the real one."""
    for word in _ADDED:
        if len(text) < len(word) + SHORTEST - 1:
            continue
        if text.startswith(word):
            yield text.removeprefix(word)
        if text.endswith(word):
            yield text.removesuffix(word)
