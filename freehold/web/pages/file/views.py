"""How a file can be shown, decided by its name and its first bytes; nothing is read beyond a limit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import PurePosixPath

from markupsafe import Markup

from freehold.base.errors import Invalid
from freehold.core.repos.entries import File
from freehold.core.repos.reader import RepoReader
from freehold.web import highlight, tables
from freehold.web.markdown import Place, Rendered, render
from freehold.wire import gguf, safetensors
from freehold.wire.cards import parse_card

MAX_TEXT = 512 << 10
"""In bytes; of a longer text the beginning is shown."""
MAX_HEADER = 16 << 20
"""Of weights, in bytes: parsed for each view, unlike the facts."""
MAX_TENSORS = 1000
MAX_LINES = 10_000
_MAX_VALUE = 200

_IMAGES = frozenset((".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".bmp", ".svg", ".ico"))
_SOUNDS = frozenset((".wav", ".mp3", ".ogg", ".flac", ".opus", ".m4a"))
_FILMS = frozenset((".mp4", ".webm", ".mov"))


@dataclass(frozen=True, slots=True)
class TensorRow:
    """A line of the table of tensors; `count` is how many numbers it holds."""

    name: str
    dtype: str
    shape: str
    count: int


@dataclass(frozen=True, slots=True)
class View:
    """`kind` chooses the template's branch; the other fields are what that branch shows."""

    kind: str
    lines: Sequence[Markup] = ()
    rendered: Rendered | None = None
    table: tables.Table | None = None
    tensors: Sequence[TensorRow] = ()
    tensor_count: int = 0
    values: Sequence[tuple[str, str]] = ()
    total: int = 0
    cut: bool = False
    has_source: bool = field(default=False)
    """Whether the same file can also be shown as its text."""


def view_of(reader: RepoReader, file: File, place: Place, *, source: bool) -> View:
    """The best way to show `file`; `source` asks for the text of what is also rendered."""
    ending = PurePosixPath(file.path).suffix.lower()
    for kind, endings in (("image", _IMAGES), ("sound", _SOUNDS), ("film", _FILMS)):
        if ending in endings and not (source and ending == ".svg"):
            return View(kind, has_source=ending == ".svg")
    if ending in (".safetensors", ".gguf"):
        return _weights(reader, file, ending)
    raw = reader.read_range(file, 0, min(file.size, MAX_TEXT))
    cut = file.size > MAX_TEXT
    text = _text(raw, cut=cut)
    if text is None:
        return View("other")
    if not source and ending in (".csv", ".tsv") and (table := tables.head(text, tabs=ending == ".tsv", cut=cut)):
        return View("table", table=table, has_source=True)
    if not source and ending in (".md", ".markdown"):
        return View("markdown", rendered=render(parse_card(text).body, place), cut=cut, has_source=True)
    lines = list(islice(highlight.lines(text.removesuffix("\n"), highlight.language_of(file.path)), MAX_LINES + 1))
    has_source = ending in (".csv", ".tsv", ".md", ".markdown", ".svg")
    return View("text", lines=lines[:MAX_LINES], cut=cut or len(lines) > MAX_LINES, has_source=has_source)


def _text(raw: bytes, *, cut: bool) -> str | None:
    """The bytes as text; None if they are something else."""
    if b"\0" in raw:
        return None
    try:
        return raw.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        if cut and error.start > len(raw) - 4:
            return raw[: error.start].decode("utf-8").replace("\r\n", "\n")
        return None


def _weights(reader: RepoReader, file: File, ending: str) -> View:
    def read_range(start: int, stop: int) -> bytes:
        return reader.read_range(file, start, stop)

    try:
        if ending == ".safetensors":
            return _safetensors(safetensors.read_header(read_range, file.size, MAX_HEADER))
        return _gguf(gguf.read_header(read_range, file.size, MAX_HEADER))
    except Invalid:
        return View("other")


def _safetensors(header: safetensors.Header) -> View:
    rows = [
        TensorRow(tensor.name, tensor.dtype, _shape(tensor.shape), tensor.elements)
        for tensor in header.tensors[:MAX_TENSORS]
    ]
    total = sum(tensor.elements for tensor in header.tensors)
    return View(
        "weights", tensors=rows, tensor_count=len(header.tensors), values=list(_values(header.metadata)), total=total
    )


def _gguf(header: gguf.Header) -> View:
    rows = [
        TensorRow(tensor.name, tensor.type_name, _shape(tensor.shape), tensor.elements)
        for tensor in header.tensors[:MAX_TENSORS]
    ]
    return View(
        "weights",
        tensors=rows,
        tensor_count=len(header.tensors),
        values=list(_values(header.values)),
        total=header.parameters,
    )


def _shape(shape: Sequence[int]) -> str:
    return " × ".join(map(str, shape)) or "scalar"


def _values(values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for key, value in islice(values.items(), 200):
        text = f"{len(value)} items" if isinstance(value, list) else str(value)
        yield key[:_MAX_VALUE], text if len(text) <= _MAX_VALUE else text[:_MAX_VALUE] + "…"
