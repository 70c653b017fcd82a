"""How a file can be shown, decided by its name and its first bytes; nothing is read beyond a limit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from freehold.base.errors import Invalid
from freehold.core.repos.entries import File
from freehold.core.repos.reader import RepoReader
from freehold.web import tables
from freehold.web.markdown import Place, render
from freehold.web.pages.file import grids, notebooks, texts, weights
from freehold.wire import archives
from freehold.wire.cards import parse_card

MAX_NOTEBOOK = 8 << 20
"""In bytes; parsed for each view."""

_IMAGES = frozenset((".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".bmp", ".svg", ".ico"))
_SOUNDS = frozenset((".wav", ".mp3", ".ogg", ".flac", ".opus", ".m4a"))
_FILMS = frozenset((".mp4", ".webm", ".mov"))
_MARKDOWN = frozenset((".md", ".markdown", ".mdx"))
_ZIPS = frozenset((".zip", ".npz", ".pt", ".pth", ".whl", ".jar", ".keras", ".xlsx", ".docx", ".mlmodel"))


@dataclass(frozen=True, slots=True)
class View:
    """`kind` names the template that shows `body`."""

    kind: str
    body: object = None
    cut: bool = False
    """Whether only the file's beginning is shown."""
    has_source: bool = field(default=False)
    """Whether the same file can also be shown as its text."""


@dataclass(frozen=True, slots=True)
class Look:
    """A visitor's look at a file. `source` asks for the text of what is also rendered."""

    file: File
    read: Callable[[int, int], bytes]
    place: Place
    source: bool
    query: Mapping[str, str]

    @property
    def ending(self) -> str:
        """What the name ends with, in small letters."""
        return PurePosixPath(self.file.path).suffix.lower()


def looked_at(reader: RepoReader, file: File, place: Place, query: Mapping[str, str]) -> Look:
    """A look at `file`. What git holds can only be read whole, and is read once."""
    source = bool(query.get("source"))
    if file.entry.large is not None:
        return Look(file, lambda start, stop: reader.read_range(file, start, stop), place, source, query)
    whole = reader.read_range(file, 0, file.size)
    return Look(file, lambda start, stop: whole[start:stop], place, source, query)


def view_of(look: Look) -> View:
    """The best way to show a file."""
    try:
        found = _by_bytes(look) or _by_text(look)
    except Invalid:  # it is not what its name says
        found = _by_text(look)
    return found or View("other")


def _by_bytes(look: Look) -> View | None:
    """What the browser shows itself, or what is read by ranges."""
    ending = look.ending
    for kind, endings in (("image", _IMAGES), ("sound", _SOUNDS), ("film", _FILMS)):
        if ending in endings and not (look.source and ending == ".svg"):
            return View(kind, has_source=ending == ".svg")
    if ending == ".ipynb" and not look.source and look.file.size <= MAX_NOTEBOOK:
        return View("notebook", notebooks.shown(look.read(0, look.file.size), look.place), has_source=True)
    if ending == ".pdf" and look.read(0, 5) == b"%PDF-":
        return View("pdf")
    return _by_ranges(look, ending, look.file.size)


def _by_ranges(look: Look, ending: str, size: int) -> View | None:
    if ending in (".safetensors", ".gguf"):
        return View("weights", weights.tensors_of(look.read, size, ending, look.query))
    if ending == ".parquet":
        return View("table", grids.of_parquet(look.read, size))
    if ending in _ZIPS and look.read(0, 2) == b"PK":
        return View("archive", archives.list_zip(look.read, size))
    return View("archive", archives.list_tar(look.read, size)) if ending == ".tar" else None


def _by_text(look: Look) -> View | None:
    ending, cut = look.ending, look.file.size > texts.MAX_TEXT
    text = texts.decoded(look.read(0, min(look.file.size, texts.MAX_TEXT)), cut=cut)
    if text is None:
        return None
    if look.source:
        table = None
    elif ending in (".csv", ".tsv"):
        table = tables.head(text, tabs=ending == ".tsv", cut=cut)
    elif ending in (".jsonl", ".ndjson"):
        table = tables.of_lines(text, cut=cut)
    else:
        table = tables.of_json(text) if ending == ".json" and not cut else None
    if table is not None:
        return View("table", grids.Grid(table), has_source=True)
    if not look.source and ending in _MARKDOWN:
        rendered = render(parse_card(text).body, look.place)
        return View("markdown", rendered, cut=cut or rendered.truncated, has_source=True)
    listing = texts.listed(text, look.file.path, cut=cut)
    rendered_too = look.source and (ending in _MARKDOWN or ending in (".svg", ".ipynb", ".json", ".jsonl", ".ndjson"))
    return View("text", listing, cut=listing.cut, has_source=rendered_too or ending in (".csv", ".tsv"))
