"""A Jupyter notebook (nbformat 4): its cells and what running them gave, under limits."""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from freehold.base.errors import Invalid

MAX_CELLS = 1000
MAX_OUTPUTS = 50
"""Of one cell."""
MAX_TEXT = 50_000
"""Of one cell's source and of one output, in characters."""
MAX_PICTURE = 8 << 20

_ANSI = re.compile(
    r"\x1b\[[0-9;:?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f]"
)
_PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff", "image/gif": b"GIF8"}
"""What may be shown, with its first bytes."""


@dataclass(frozen=True, slots=True)
class Output:
    """One thing that a cell gave. A picture has its media type in `text`; its bytes come by `picture`."""

    kind: Literal["text", "error", "html", "markdown", "picture"]
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """`count` is the number of the run, empty where it was not run."""

    kind: Literal["code", "markdown", "raw"]
    source: str
    count: str
    outputs: Sequence[Output]


@dataclass(frozen=True, slots=True)
class Notebook:
    """`cut` when there is more than was read."""

    language: str
    cells: Sequence[Cell]
    cut: bool


class _Output(msgspec.Struct):
    output_type: str = ""
    text: str | list[str] = ""
    data: dict[str, Any] = {}
    traceback: list[str] = []
    ename: str = ""
    evalue: str = ""


class _Cell(msgspec.Struct):
    cell_type: str = ""
    source: str | list[str] = ""
    execution_count: int | None = None
    outputs: list[_Output] = []


class _Document(msgspec.Struct):
    cells: list[_Cell]
    nbformat: int = 4
    metadata: dict[str, Any] = {}


def parse_notebook(raw: bytes) -> Notebook:
    """Read a notebook. Raises Invalid if it is none."""
    document = _document(raw)
    cells = [_cell(cell) for cell in document.cells[:MAX_CELLS]]
    cut = len(document.cells) > MAX_CELLS or any(len(cell.outputs) > MAX_OUTPUTS for cell in document.cells)
    return Notebook(_language(document.metadata), cells, cut)


def picture(raw: bytes, cell: int, output: int) -> tuple[str, bytes]:
    """The media type and the bytes of a picture among the outputs. Raises Invalid if there is none."""
    document = _document(raw)
    if cell >= len(document.cells) or output >= len(document.cells[cell].outputs):
        raise Invalid("This notebook has no such picture.")
    data = document.cells[cell].outputs[output].data
    kind = _picture_in(data)
    text = _joined(data[kind]) if kind else ""
    if not kind or len(text) > MAX_PICTURE * 4 // 3:
        raise Invalid("This notebook has no such picture.")
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid("A picture of this notebook is damaged.") from error
    if not content.startswith(_PICTURES[kind]):
        raise Invalid("A picture of this notebook is none.")
    return kind, content


def _document(raw: bytes) -> _Document:
    try:
        return msgspec.json.decode(raw, type=_Document)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid("This is not a notebook of format 4.") from error


def _cell(cell: _Cell) -> Cell:
    kind: Literal["code", "markdown", "raw"] = "raw"
    if cell.cell_type == "code":
        kind = "code"
    elif cell.cell_type == "markdown":
        kind = "markdown"
    count = "" if cell.execution_count is None else str(cell.execution_count)
    return Cell(kind, _joined(cell.source)[:MAX_TEXT], count, [_output(one) for one in cell.outputs[:MAX_OUTPUTS]])


def _output(output: _Output) -> Output:
    if output.output_type == "error":
        trace = "\n".join(output.traceback) or f"{output.ename}: {output.evalue}"
        return Output("error", _plain(trace))
    if output.output_type == "stream":
        return Output("text", _plain(_joined(output.text)))
    if kind := _picture_in(output.data):
        return Output("picture", kind)
    for kind, shown in (("text/html", "html"), ("text/markdown", "markdown")):
        if kind in output.data:
            return Output("html" if shown == "html" else "markdown", _joined(output.data[kind])[:MAX_TEXT])
    for kind in ("text/plain", "text/latex", "application/json"):
        if kind in output.data:
            return Output("text", _plain(_joined(output.data[kind])))
    return Output("text", "")


def _picture_in(data: Mapping[str, Any]) -> str:
    return next((kind for kind in _PICTURES if kind in data), "")


def _joined(text: Any) -> str:
    if isinstance(text, list):
        return "".join(part for part in text if isinstance(part, str))
    return text if isinstance(text, str) else str(text)[:MAX_TEXT]


def _plain(text: str) -> str:
    """Text without what terminals take for colours; of a line that was written over, the last state."""
    lines = _ANSI.sub("", text[: 4 * MAX_TEXT].replace("\r\n", "\n")).split("\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)[:MAX_TEXT]


def _language(metadata: Mapping[str, Any]) -> str:
    told = metadata.get("language_info") or metadata.get("kernelspec") or {}
    name = (told.get("name") or told.get("language")) if isinstance(told, dict) else ""
    return name if isinstance(name, str) else ""
