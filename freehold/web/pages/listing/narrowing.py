"""The side of a listing: facets with their counts, each value a link that narrows the list or widens it again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from freehold.base.ids import RepoKind
from freehold.core.catalog.counts import EXACT_TO, Counts
from freehold.core.catalog.facets import BY_NAME, Facet, of_kind
from freehold.web.languages import say
from freehold.web.wording import grouped, language, licence, pointed

Pairs = Sequence[tuple[str, str]]
"""A query string, taken apart."""

_FIRST, _ALL = 7, 40


@dataclass(frozen=True, slots=True)
class Choice:
    """One value: `link` takes it, or drops it if it is `taken`; `count` is empty while it is being found out."""

    words: str
    count: str
    link: str
    taken: bool


@dataclass(frozen=True, slots=True)
class Group:
    """One facet: its first values, and `more` that are shown when asked for."""

    label: str
    choices: Sequence[Choice]
    more: Sequence[Choice]


def groups(kind: RepoKind, pairs: Pairs, counts: Counts) -> list[Group]:
    """The facets of a kind that say anything about what was found."""
    made = [_group(facet, pairs, counts.facets.get(facet.name, {})) for facet in of_kind(kind)]
    return [group for group in made if group.choices]


def spelled(name: str, value: str) -> str:
    """A value of a facet in words."""
    facet = BY_NAME[name]
    if name == "license":
        return licence(value)
    if name == "language":
        return language(value)
    if value in facet.words:
        return say(facet.words[value])
    return value.replace("-", " ") if name == "task" else value


def rounded(count: int) -> str:
    """Exact where it is small enough to be counted each time, else rounded downwards."""
    if count <= EXACT_TO:
        return grouped(count)
    if count < 1_000_000:
        return say("%(num)sk+", num=grouped(count // 1000))
    return say("%(num)sM+", num=pointed(count / 1e6))


def link(pairs: Pairs) -> str:
    """The page of these conditions, from its beginning."""
    return "?" + urlencode([(key, value) for key, value in pairs if value and key != "after"])


def _group(facet: Facet, pairs: Pairs, counted: Mapping[str, int]) -> Group:
    taken = [value for key, value in pairs if key == facet.name and value]
    if facet.ordered:
        values = [value for value in facet.words if counted.get(value) or value in taken]
    else:
        frequent = sorted(counted, key=lambda value: (-counted[value], value))
        values = [*dict.fromkeys(taken), *(value for value in frequent[:_ALL] if value not in taken)]
    choices = [_choice(facet, value, pairs, counted.get(value, 0)) for value in values]
    few = len(choices) if facet.ordered or len(choices) <= _FIRST + 2 else _FIRST
    return Group(facet.label, choices[:few], choices[few:])


def _choice(facet: Facet, value: str, pairs: Pairs, count: int) -> Choice:
    pair = (facet.name, value)
    taken = pair in pairs
    rest = [one for one in pairs if one != pair] if taken else [*pairs, pair]
    return Choice(spelled(facet.name, value), rounded(count), link(rest), taken)
