"""Formulas in LaTeX as MathML, which browsers draw by themselves: no script, no fonts, no request.

The converter puts a text of its input into its output as it stands, so nothing of what it writes is used but its tree,
and of that only the elements and attributes named here; every text is escaped anew.
"""

import re
from collections.abc import Sequence
from html import escape, unescape
from itertools import count
from xml.etree.ElementTree import Element

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

from freehold.web.languages import say

MAX_FORMULA = 4000
"""In characters; a longer one is shown as it is written."""
MAX_FORMULAS = 500
MAX_DEPTH = 60

_TAGS_TEXT = """
    math menclose merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt
    mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none
"""
_TAGS = frozenset(_TAGS_TEXT.split())
_ATTRIBUTES_TEXT = """
    accent accentunder columnalign columnlines columnspacing depth display displaystyle fence form height
    largeop linethickness lspace mathvariant maxsize minsize movablelimits notation rowlines rowspacing rspace
    scriptlevel separator stretchy symmetric voffset width
"""
_ATTRIBUTES = frozenset(_ATTRIBUTES_TEXT.split())
_VALUE = re.compile(r"[A-Za-z0-9 .%+-]{1,60}", re.ASCII)
_MARK = "\ue000"
_END = "\ue001"
_PLACE = re.compile(f"{_MARK}([0-9]{{1,4}}){_END}")
_PAIRS = ((r"\\(", r"\\)", "math_inline"), (r"\\[", r"\\]", "math_inline_double"))


class Formulas:
    """The formulas of one text: marks stand for them until its HTML has been cleaned."""

    def __init__(self) -> None:
        self._kept: list[str] = []

    def install(self, markdown: MarkdownIt) -> None:
        r"""Find `$x$`, `$$x$$`, `\\(x\\)` and `\\[x\\]`, as the Hub does, and leave marks for them."""
        markdown.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True)
        markdown.inline.ruler.before("escape", "math_brackets", _brackets)

        # The renderer hands itself to a rule first.
        def in_line(_renderer: object, tokens: Sequence[Token], index: int, *_more: object) -> str:
            return self._keep(tokens[index].content, block=False)

        def displayed(_renderer: object, tokens: Sequence[Token], index: int, *_more: object) -> str:
            shown = self._keep(tokens[index].content, block=True)
            return shown if tokens[index].type == "math_inline_double" else f"<p>{shown}</p>\n"

        markdown.add_render_rule("math_inline", in_line)
        for name in ("math_inline_double", "math_block"):
            markdown.add_render_rule(name, displayed)

    def put(self, text: str) -> str:
        """The text of clean HTML, its marks replaced by what they stand for."""
        return _PLACE.sub(lambda found: self._kept[int(found[1])] if int(found[1]) < len(self._kept) else "", text)

    def _keep(self, latex: str, *, block: bool) -> str:
        if len(self._kept) >= MAX_FORMULAS:
            return f"<code>{escape(latex)}</code>"
        self._kept.append(formula(latex.strip(), block=block))
        return f"{_MARK}{len(self._kept) - 1}{_END}"


def without_marks(text: str) -> str:
    """A text in which nothing can be taken for a mark."""
    return text.replace(_MARK, "").replace(_END, "")


def formula(latex: str, *, block: bool) -> str:
    """MathML, or the LaTeX as code where it cannot be read."""
    source = f"<code>{escape(latex)}</code>"
    if len(latex) > MAX_FORMULA or latex.count("{") > 10 * MAX_DEPTH:
        return source
    # Its tables take a while to load, and few pages need them.
    from latex2mathml.converter import convert_to_element  # noqa: PLC0415

    try:
        tree = convert_to_element(latex, display="block" if block else "inline")
        drawn = _written(tree, count())
    except Exception:  # it raises whatever a malformed text leads it to
        return source
    if not block:
        return drawn
    return f'<span class="formula" tabindex="0" role="group" aria-label="{escape(say("Formula"))}">{drawn}</span>'


def _written(element: Element, steps: "count[int]", depth: int = 0) -> str:
    if depth > MAX_DEPTH or next(steps) > MAX_FORMULA:
        raise ValueError("too deep or too much")
    # What is not known is drawn as the group of what it holds.
    tag = element.tag if element.tag in _TAGS else "mrow"
    named = "".join(
        f' {name}="{value}"'
        for name, value in element.attrib.items()
        if name in _ATTRIBUTES and _VALUE.fullmatch(value)
    )
    inner = escape(unescape(element.text or "")) + "".join(_written(child, steps, depth + 1) for child in element)
    return f"<{tag}{named}>{inner}</{tag}>"


def _brackets(state: StateInline, silent: bool) -> bool:
    for opening, closing, kind in _PAIRS:
        if not state.src.startswith(opening, state.pos):
            continue
        start = state.pos + len(opening)
        end = state.src.find(closing, start, min(state.posMax, start + MAX_FORMULA))
        if end == -1:
            return False
        if not silent:
            token = state.push(kind, "math", 0)
            token.content, token.markup = state.src[start:end], opening
        state.pos = end + len(closing)
        return True
    return False
