"""A notebook's cells as HTML: code marked, Markdown and HTML cleaned, pictures by an address of their own."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from freehold.web import highlight
from freehold.web.markdown import Place, clean_html, render
from freehold.wire.notebook import Cell, Output, parse_notebook


@dataclass(frozen=True, slots=True)
class ShownOutput:
    """`kind` is as in the notebook; of a picture `html` is empty and `picture` names it in the address."""

    kind: str
    html: Markup
    picture: str = ""


@dataclass(frozen=True, slots=True)
class ShownCell:
    """One cell, ready for the page."""

    kind: str
    count: str
    html: Markup
    outputs: Sequence[ShownOutput]


@dataclass(frozen=True, slots=True)
class ShownNotebook:
    """`cut` when there is more than is shown."""

    language: str
    cells: Sequence[ShownCell]
    cut: bool


def shown(raw: bytes, place: Place) -> ShownNotebook:
    """Read and render a notebook. Raises Invalid if it is none."""
    found = parse_notebook(raw)
    language = found.language if found.language.lower() != "ipython" else "python"
    cells = [_cell(number, cell, language, place) for number, cell in enumerate(found.cells)]
    return ShownNotebook(language, cells, found.cut)


def _cell(number: int, cell: Cell, language: str, place: Place) -> ShownCell:
    if cell.kind == "markdown":
        html = render(cell.source, place).html
    else:
        html = highlight.code(cell.source, language) if cell.kind == "code" else escape(cell.source)
    outputs = [_output(f"{number}.{count}", output, place) for count, output in enumerate(cell.outputs)]
    return ShownCell(cell.kind, cell.count, html, [output for output in outputs if output.html or output.picture])


def _output(name: str, output: Output, place: Place) -> ShownOutput:
    if output.kind == "picture":
        return ShownOutput("picture", Markup(), name)
    if output.kind == "html":
        return ShownOutput("html", clean_html(output.text, place))
    if output.kind == "markdown":
        return ShownOutput("html", render(output.text, place).html)
    return ShownOutput(output.kind, escape(output.text.rstrip("\n")))
