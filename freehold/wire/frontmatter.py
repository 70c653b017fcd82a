"""YAML under limits, built from the parser's events straight into what JSON can hold.

The event stream is where depth, size and repetition can be counted before anything is built: libyaml's
own node builder recurses (200,000 `[` end the process) and aliases multiply without bound.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import yaml

from freehold.base.words import later

MAX_BYTES = 1 << 20
"""The longest honest front matter (evaluation results of many benchmarks) stays below a third of it."""
MAX_DEPTH = 64
MAX_NODES = 100_000
"""Scalars, lists and mappings, each counted as often as an alias repeats it."""

_MERGE = "\0<<"
"""Stands for an unquoted `<<`; a NUL cannot be written in YAML, so no key of an author's is equal to it."""
_CORE = "tag:yaml.org,2002:"
_LARGEST = (1 << 53) - 1
"""Beyond it the Hub's numbers are floats."""
_NUMBER_LENGTH = 64
_INTEGER = re.compile(r"[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}\S*", re.ASCII)
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    # JSON has no word for these; the Hub gives null.
    **dict.fromkeys((".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "-.inf", "-.Inf", "-.INF"), None),
}


class Refused(ValueError):
    """The YAML is malformed or breaks a limit; the message is a sentence for its author."""


def load(text: str) -> Any:
    """The first document of `text` as JSON values. Raises Refused, and nothing else."""
    return _load(text, 1)


def load_file(text: str) -> Any:
    """As `load`, for a file that is YAML as a whole: messages speak of the file and count its lines."""
    try:
        return _load(text, 0)
    except Refused as refused:
        raise Refused(
            str(refused).replace("The front matter", "The file").replace("the front matter", "the file")
        ) from None


def _load(text: str, above: int) -> Any:
    if len(text) > MAX_BYTES:
        raise Refused(later(f"The front matter is larger than {MAX_BYTES >> 10} KiB. Keep only metadata in it."))
    builder = _Builder(above)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.DocumentEndEvent):
                break
            builder.take(event)
    except (yaml.YAMLError, UnicodeError) as error:
        raise Refused(_describe(error, above)) from error
    return builder.root


@dataclass(slots=True)
class _Frame:
    """A list or mapping that is still open."""

    made: list[Any] | dict[str, Any]
    anchor: str | None
    weight: int = 1
    key: str | None = None
    own: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Builder:
    above: int
    """Lines of the file ahead of the YAML."""
    root: Any = None
    stack: list[_Frame] = field(default_factory=list)
    anchors: dict[str, tuple[Any, int] | None] = field(default_factory=dict)
    """Value and weight by anchor; None while the value is still open."""

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            frame = self.stack.pop()
            self._remember(frame.anchor, frame.made, frame.weight)
            self._put(frame.made, frame.weight)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        plain = event.implicit[0] and event.style in (None, "")
        value = _resolve(event.value, event.tag, plain)
        self._remember(event.anchor, value, 1)
        if self._awaits_key():
            self._set_key(_MERGE if plain and event.value == "<<" else _key(value))
        else:
            self._put(value, 1)

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        if self._awaits_key():
            raise Refused(
                later(
                    f"A key in the front matter must be a single word or number{_where(event.start_mark, self.above)}."
                )
            )
        if len(self.stack) >= MAX_DEPTH:
            raise Refused(later(f"The front matter is nested deeper than {MAX_DEPTH} levels."))
        mapping = isinstance(event, yaml.MappingStartEvent)
        if event.tag not in (None, "!", _CORE + ("map" if mapping else "seq")):
            raise Refused(later(f"The front matter uses the YAML tag {event.tag[:80]!r}, which is not allowed."))
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        self.stack.append(_Frame({} if mapping else [], event.anchor))

    def _alias(self, event: yaml.AliasEvent) -> None:
        anchor = event.anchor or ""
        if anchor not in self.anchors:
            raise Refused(later(f"The front matter refers to *{anchor[:80]}, which is not defined."))
        known = self.anchors[anchor]
        if known is None:
            raise Refused(later("An alias in the front matter refers to the value that contains it."))
        if not self._awaits_key():
            self._put(*known)
        elif isinstance(known[0], list | dict):
            raise Refused(
                later(
                    f"A key in the front matter must be a single word or number{_where(event.start_mark, self.above)}."
                )
            )
        else:
            self._set_key(_key(known[0]))

    def _awaits_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1].made, dict) and self.stack[-1].key is None

    def _set_key(self, key: str) -> None:
        frame = self.stack[-1]
        if key in frame.own:
            raise Refused(later(f"The front matter has the key {key[:80]!r} twice."))
        if key != _MERGE:
            frame.own.add(key)
        frame.key = key

    def _put(self, value: Any, weight: int) -> None:
        if not self.stack:
            self.root = value
            return
        frame = self.stack[-1]
        frame.weight += weight
        if frame.weight > MAX_NODES:
            raise Refused(
                later(f"The front matter holds more than {MAX_NODES:,} values once its aliases are followed.")
            )
        if isinstance(frame.made, list):
            frame.made.append(value)
            return
        key, frame.key = frame.key or "", None
        if key == _MERGE:
            _merge(frame, value)
        else:
            frame.made[key] = value

    def _remember(self, anchor: str | None, value: Any, weight: int) -> None:
        if anchor is not None:
            self.anchors[anchor] = (value, weight)


def _merge(frame: _Frame, value: Any) -> None:
    """YAML's `<<`: keys of other mappings, unless the mapping has them itself."""
    sources = value if isinstance(value, list) else [value]
    if not all(isinstance(source, dict) for source in sources):
        raise Refused(later("The front matter's merge key '<<' must refer to a mapping."))
    for source in sources:
        frame.made = {**source, **dict(frame.made)}


def _resolve(text: str, tag: str | None, plain: bool) -> Any:
    if tag in (None, "!"):
        return _plain(text) if plain else text
    if tag == _CORE + "str":
        return text
    if tag in (_CORE + "int", _CORE + "float", _CORE + "bool", _CORE + "null", _CORE + "timestamp"):
        return _plain(text)
    raise Refused(later(f"The front matter uses the YAML tag {str(tag)[:80]!r}, which is not allowed."))


def _plain(text: str) -> Any:
    """An unquoted word as YAML 1.2 reads it: `no` is Norwegian here, not false."""
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > _NUMBER_LENGTH or text[0] not in "+-.0123456789":
        return text
    for pattern, read in _READERS:
        if pattern.fullmatch(text):
            try:
                return read(text)
            except ValueError:
                return text
    return text


def _integer(text: str) -> int | float | str:
    bare = text.replace("_", "")
    digits = bare.lstrip("+-")
    number = int(bare, 10) if not digits[1:2].isalpha() else int(bare, 0)
    return number if abs(number) <= _LARGEST else float(number)


def _float(text: str) -> float | None:
    number = float(text.replace("_", ""))
    return number if math.isfinite(number) else None


def _date(text: str) -> str:
    return _json_date(datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC))


def _moment(text: str) -> str:
    moment = datetime.fromisoformat(text.replace(" ", "T", 1).replace(" ", "").replace("t", "T", 1))
    return _json_date(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _json_date(moment: datetime) -> str:
    utc = moment.astimezone(UTC)
    return utc.strftime("%Y-%m-%dT%H:%M:%S.") + f"{utc.microsecond // 1000:03d}Z"


_READERS: tuple[tuple[re.Pattern[str], Callable[[str], Any]], ...] = (
    (_INTEGER, _integer),
    (_FLOAT, _float),
    (_DATE, _date),
    (_MOMENT, _moment),
)


def _key(value: Any) -> str:
    """A key as JSON spells it."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)


def _where(mark: Any, above: int) -> str:
    # One line more because marks count from zero.
    return later(f" (line {mark.line + above + 1}, column {mark.column + 1})") if mark else ""


def _describe(error: Exception, above: int) -> str:
    if not isinstance(error, yaml.MarkedYAMLError):
        return later(f"The front matter is not valid YAML: {str(error).splitlines()[0][:300]}.")
    what = (error.problem or error.context or "unreadable")[:300]
    mark = error.problem_mark or error.context_mark
    if not mark:
        return later(f"The front matter is not valid YAML: {what}.")
    line = mark.line + above + 1  # marks count from zero
    return later(f"The front matter is not valid YAML: {what} (line {line}, column {mark.column + 1}).")
