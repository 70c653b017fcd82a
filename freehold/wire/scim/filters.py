"""SCIM filters (RFC 7644, section 3.4.2.2): parsed under limits, and asked of a resource."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from freehold.wire.scim.errors import ScimInvalid

MAX_LENGTH = 4000
MAX_DEPTH = 40
_TOKEN = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")|([()\[\]])|([^\s()\[\]"]+))')
_NAME = re.compile(r"[A-Za-z][\w$-]*", re.ASCII)
_OPERATORS = frozenset({"eq", "ne", "co", "sw", "ew", "gt", "lt", "ge", "le"})
_EXACT = frozenset({"id", "externalid", "value", "$ref"})
"""Whose case counts; of all other texts it does not."""


@dataclass(frozen=True, slots=True)
class Path:
    """An attribute, in lower case, and perhaps a part of it: `emails.value`."""

    name: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Compare:
    """`path op value`; `pr` has no value."""

    path: Path
    op: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Within:
    """`emails[type eq "work"]`: one of the values fits as a whole."""

    name: str
    inner: "Filter"


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    inner: "Filter"


@dataclass(frozen=True, slots=True)
class Both:
    """`and`."""

    left: "Filter"
    right: "Filter"


@dataclass(frozen=True, slots=True)
class Either:
    """`or`."""

    left: "Filter"
    right: "Filter"


Filter: TypeAlias = Compare | Within | Not | Both | Either


def parse_filter(text: str) -> Filter:
    """A filter. Raises ScimInvalid."""
    reader = _Reader(text)
    found = reader.either(0)
    if reader.peek() is not None:
        raise _bad(f"what stands at {reader.peek()!r} belongs to nothing")
    return found


def parse_path(text: str) -> tuple[Path, Filter | None]:
    """What a patch names: an attribute, a part of it, or of those of its values that a filter chooses.

    `members`, `name.familyName`, `emails[type eq "work"]`, `emails[type eq "work"].value`. Raises ScimInvalid.
    """
    before, bracket, rest = text.strip().partition("[")
    if not bracket:
        return path_of(before, "invalidPath"), None
    inner, closing, after = rest.rpartition("]")
    if not closing or (after and not after.startswith(".")):
        raise ScimInvalid("invalidPath", f"The path {text[:100]!r} has a bracket that does not end well.")
    name = path_of(before, "invalidPath")
    part = after[1:]
    if name.part or (part and not _NAME.fullmatch(part)):
        raise ScimInvalid("invalidPath", f"The path {text[:100]!r} names no attribute.")
    return Path(name.name, part.lower()), parse_filter(inner)


def path_of(text: str, kind: str = "invalidFilter") -> Path:
    """An attribute's path, with or without the name of its schema. Raises ScimInvalid."""
    if text.lower().startswith("urn:"):
        text = text.rpartition(":")[2]
    name, dot, part = text.partition(".")
    if not _NAME.fullmatch(name) or (dot and not (_NAME.fullmatch(part) or part == "$ref")):
        raise ScimInvalid(kind, f"{text[:100]!r} is no attribute.")
    return Path(name.lower(), part.lower())


def fits(filter_: Filter, resource: Mapping[str, Any]) -> bool:
    """Whether a resource, or one of an attribute's values, is what the filter asks for."""
    match filter_:
        case Not(inner):
            return not fits(inner, resource)
        case Both(left, right):
            return fits(left, resource) and fits(right, resource)
        case Either(left, right):
            return fits(left, resource) or fits(right, resource)
        case Within(name, inner):
            return any(isinstance(one, dict) and fits(inner, one) for one in _listed(_got(resource, name)))
        case Compare(path, op, value):
            return _compared(path, op, value, list(_values(resource, path)))


def needed(filter_: Filter, name: str) -> str | None:
    """The text that an attribute must equal for the filter to hold, if it says so: for a look-up by index."""
    match filter_:
        case Compare(Path(found, ""), "eq", str(value)) if found == name:
            return value
        case Both(left, right):
            return needed(left, name) or needed(right, name)
    return None


class _Reader:
    """Reads by recursive descent: `or` binds loosest, then `and`, then `not`."""

    def __init__(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            raise _bad(f"it is longer than {MAX_LENGTH} characters")
        self._tokens = _tokens(text)
        self._next: str | None = next(self._tokens, None)

    def peek(self) -> str | None:
        return self._next

    def take(self) -> str:
        token = self._next
        if token is None:
            raise _bad("it ends too early")
        self._next = next(self._tokens, None)
        return token

    def either(self, depth: int) -> Filter:
        if depth > MAX_DEPTH:
            raise _bad("it is nested too deeply")
        left = self.both(depth)
        while self._word() == "or":
            self.take()
            left = Either(left, self.both(depth))
        return left

    def both(self, depth: int) -> Filter:
        left = self.one(depth)
        while self._word() == "and":
            self.take()
            left = Both(left, self.one(depth))
        return left

    def one(self, depth: int) -> Filter:
        if self._word() == "not":
            self.take()
            return Not(self._enclosed("(", ")", depth))
        if self._next == "(":
            return self._enclosed("(", ")", depth)
        path = path_of(self.take())
        if self._next == "[":
            if path.part:
                raise _bad("brackets follow an attribute, not a part of one")
            return Within(path.name, self._enclosed("[", "]", depth))
        return self._comparison(path)

    def _comparison(self, path: Path) -> Filter:
        op = self.take().lower()
        if op == "pr":
            return Compare(path, op)
        if op not in _OPERATORS:
            raise _bad(f"{op[:20]!r} is no operator")
        return Compare(path, op, _literal(self.take()))

    def _enclosed(self, opening: str, closing: str, depth: int) -> Filter:
        if self.take() != opening:
            raise _bad(f"{opening} was expected")
        inner = self.either(depth + 1)
        if self.take() != closing:
            raise _bad(f"{closing} is missing")
        return inner

    def _word(self) -> str:
        return (self._next or "").lower()


def _tokens(text: str) -> Iterator[str]:
    text, at = text.strip(), 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise _bad("a quotation mark is left open")
        yield found[found.lastindex or 0]
        at = found.end()


def _literal(token: str) -> Any:
    try:
        value = json.loads(token, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise _bad(f"{token[:50]!r} is no value: texts stand in double quotes") from None
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _got(resource: Mapping[str, Any], name: str) -> Any:
    return next((value for key, value in resource.items() if key.lower() == name), None)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _values(resource: Mapping[str, Any], path: Path) -> Iterator[Any]:
    for one in _listed(_got(resource, path.name)):
        if not isinstance(one, dict):
            yield one
        elif path.part:
            yield from _listed(_got(one, path.part))
        elif "value" in one:
            yield one["value"]
        else:
            yield one


def _compared(path: Path, op: str, wanted: Any, values: list[Any]) -> bool:
    if op == "pr":
        return any(value not in ("", {}, None) for value in values)
    if wanted is None:  # `eq null`: it is not there
        return (not values) is (op == "eq")
    exact = (path.part or path.name) in _EXACT
    if op == "ne":
        return not any(_holds("eq", value, wanted, exact=exact) for value in values)
    return any(_holds(op, value, wanted, exact=exact) for value in values)


def _holds(op: str, value: Any, wanted: Any, *, exact: bool) -> bool:
    if isinstance(value, bool) or isinstance(wanted, bool):
        if op != "eq":
            raise _bad(f"yes and no cannot be compared by {op}")
        return value is wanted
    if isinstance(value, str) and isinstance(wanted, str):
        return _texts_hold(op, value, wanted, exact=exact)
    if isinstance(value, int | float) and isinstance(wanted, int | float):
        return bool(_ORDER[op](value, wanted)) if op in _ORDER else False
    return False


def _texts_hold(op: str, value: str, wanted: str, *, exact: bool) -> bool:
    if op in _ORDER and op != "eq" and (moments := _moments(value, wanted)) is not None:
        return bool(_ORDER[op](*moments))
    if not exact:
        value, wanted = value.casefold(), wanted.casefold()
    match op:
        case "co":
            return wanted in value
        case "sw":
            return value.startswith(wanted)
        case "ew":
            return value.endswith(wanted)
    return bool(_ORDER[op](value, wanted))


def _moments(*texts: str) -> tuple[datetime, datetime] | None:
    try:
        left, right = (datetime.fromisoformat(text) for text in texts)
    except ValueError:
        return None
    return (left, right) if (left.tzinfo is None) is (right.tzinfo is None) else None


_ORDER = {
    "eq": lambda left, right: left == right,
    "gt": lambda left, right: left > right,
    "ge": lambda left, right: left >= right,
    "lt": lambda left, right: left < right,
    "le": lambda left, right: left <= right,
}


def _bad(why: str) -> ScimInvalid:
    return ScimInvalid("invalidFilter", f"This filter cannot be read: {why}.")
