"""Finds words in templates that no catalogue has: text, and attributes that are read out, outside `{% trans %}`."""

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, nodes

WEB = Path(__file__).parent.parent / "freehold" / "web"
_READ_OUT = {"aria-label", "title", "placeholder", "alt", "label"}
_NOT_WORDS = {"code", "pre", "kbd", "samp", "script", "style", "svg"}
_WORD = re.compile(r"[^\W\d_]{2,}")
_MARK = re.compile("\x00(\\d+)\x00")
_NAMES = {"Freehold", "API", "JSON", "SSH", "URL", "README", "Markdown", "GitHub", "DOI", "arXiv", "CSV", "GB"}


class _Reader(HTMLParser):
    """Collects what a person would read or hear; `translate="no"` on an element keeps it out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._closed: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag not in ("input", "br", "img", "meta", "link", "hr", "wbr", "source"):
            self._closed.append(tag in _NOT_WORDS or names.get("translate") == "no")
        if names.get("translate") != "no":
            self.found += [value for name, value in attrs if name in _READ_OUT and value]

    def handle_endtag(self, tag: str) -> None:
        del tag
        if self._closed:
            self._closed.pop()

    def handle_data(self, data: str) -> None:
        if not any(self._closed):
            self.found.append(data)


def bare(source: str) -> Iterator[str]:
    """Every piece of text of a template that no catalogue can have."""
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    html, expressions = _plain(environment, source)
    reader = _Reader()
    reader.feed(html)
    for text in reader.found:
        for number in _MARK.findall(text):
            yield from _written_out(environment, expressions[int(number)])
        words = [word for word in _WORD.findall(_MARK.sub(" ", text)) if word not in _NAMES]
        if words:
            yield " ".join(_MARK.sub("…", text).split())


def _plain(environment: Environment, source: str) -> tuple[str, list[str]]:
    """The template without its statements; each expression is a mark that says which one it is."""
    html, expressions, inside, name = "", list[str](), "", ""
    translated = False
    for _, kind, value in environment.lex(source):
        if kind == "variable_begin":
            inside = "{{"
        elif kind == "variable_end":
            html += "" if translated else f"\x00{len(expressions)}\x00"
            expressions.append(inside[2:])
            inside = ""
        elif kind == "block_begin":
            inside, name = "{%", ""
        elif kind == "block_end":
            translated = {"trans": True, "endtrans": False}.get(name, translated)
            inside = ""
        elif inside:
            name = name or (value if kind == "name" else "")
            inside += value
        elif kind == "data" and not translated:
            html += value
    return html, expressions


def _written_out(environment: Environment, expression: str) -> Iterator[str]:
    """Words that an expression itself puts on the page: not those that it hands to a function."""
    for output in environment.parse("{{" + expression + "}}").find_all(nodes.Output):
        for node in output.nodes:
            yield from _leaves(node)


def _leaves(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Const):
        if isinstance(node.value, str) and _WORD.search(node.value):
            yield node.value
    elif isinstance(node, nodes.CondExpr):
        yield from _leaves(node.expr1)
        yield from _leaves(node.expr2) if node.expr2 else ()
    elif isinstance(node, nodes.Concat):
        for part in node.nodes:
            yield from _leaves(part)
    elif isinstance(node, nodes.BinExpr):
        yield from _leaves(node.left)
        yield from _leaves(node.right)
    elif isinstance(node, nodes.Getitem) and isinstance(node.node, nodes.Dict):
        for pair in node.node.items:
            yield from _leaves(pair.value)


def main() -> int:
    """Print every piece of text; 1 if there was one. With folders or files: look at these."""
    asked = [Path(one).resolve() for one in sys.argv[1:] if not one.startswith("-")]
    found = []
    for path in sorted(WEB.rglob("*.html")):
        place = path.relative_to(WEB).as_posix()
        wanted = any(path == one or one in path.parents for one in asked)
        if wanted or not asked:
            found += [f"{place}: {text}" for text in bare(path.read_text("utf-8"))]
    print("\n".join(found) if found else "bare: every word of a template is in the catalogues")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
