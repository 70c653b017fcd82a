"""A card: README.md as front matter and Markdown, and the Hub's rules for what the front matter may say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from freehold.base.ids import RepoKind
from freehold.base.words import later
from freehold.wire import frontmatter
from freehold.wire.licenses import LICENSES

_MISSING = "empty or missing yaml metadata in repo card"
_MARKER = "---"


@dataclass(frozen=True, slots=True)
class Card:
    """`data` is the front matter as JSON values; `body` the Markdown below it.

    `problem` is a sentence when the front matter could not be read; `data` is then empty.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    body: str = ""
    problem: str | None = None


def parse_card(text: str | bytes) -> Card:
    """Split and read a card. Never raises: what is wrong is said in `problem`."""
    try:
        whole = text.decode("utf-8") if isinstance(text, bytes) else text
    except UnicodeDecodeError:
        return Card(body=_lossy(text), problem=later("The card is not UTF-8 text."))
    head, body = _split(whole.removeprefix("\ufeff"))
    if head is None:
        return Card(body=body)
    try:
        data = frontmatter.load(head)
    except frontmatter.Refused as refused:
        return Card(body=body, problem=str(refused))
    if data is not None and not isinstance(data, dict):
        return Card(body=body, problem=later("The front matter must be a mapping of keys to values."))
    return Card(data or {}, body)


def validate(content: str, kind: RepoKind = RepoKind.MODEL) -> tuple[list[str], list[str]]:
    """The errors and the warnings about a card, in the words that the Hub's client shows to its user."""
    card = parse_card(content)
    if card.problem:
        return [card.problem], []
    if not card.data:
        return [], [_MISSING]
    return list(_errors(card.data, kind)), []


def _errors(data: Mapping[str, Any], kind: RepoKind) -> Iterator[str]:
    if "model-index" in data and not isinstance(data["model-index"], list):
        yield '"model-index" must be an array'
    if "license" in data:
        many = kind is RepoKind.DATASET and isinstance(data["license"], list)
        named = data["license"] if many else [data["license"]]
        if not all(isinstance(name, str) and name in LICENSES for name in named):
            yield f'"license" must be one of [{", ".join(LICENSES)}]'
    if data.get("tags") is not None and not isinstance(data["tags"], list):
        yield '"tags" must be an array'
    for key in ("pipeline_tag", "library_name"):
        if data.get(key) is not None and not isinstance(data[key], str):
            yield f'"{key}" must be a string'


def _split(text: str) -> tuple[str | None, str]:
    """The front matter (None: there is none) and the rest, found line by line: a pattern here invites ReDoS."""
    start = 0
    while (end := text.find("\n", start)) != -1 and not text[start:end].strip():
        start = end + 1
    if end == -1 or text[start:end].rstrip() != _MARKER:
        return None, text
    line = end + 1
    while line < len(text):
        stop = text.find("\n", line)
        stop = len(text) if stop == -1 else stop
        if text.startswith(_MARKER, line) and text[line:stop].rstrip() == _MARKER:
            return text[end + 1 : line], text[stop + 1 :]
        line = stop + 1
    return None, text


def _lossy(text: str | bytes) -> str:
    return text if isinstance(text, str) else text.decode("utf-8", "replace")
