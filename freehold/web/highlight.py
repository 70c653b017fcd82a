"""Code with its tokens marked by class, for the languages worth it; anything else stays plain text."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import PurePosixPath

from markupsafe import Markup, escape
from pygments import highlight as run
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

MAX_CODE = 128 << 10
"""In characters; a lexer is slower than any reader of a longer text is patient."""

_LANGUAGES = {
    "python": "py python python3 py3 pyi",
    "pycon": "pycon",
    "bash": "bash sh shell zsh",
    "console": "console shell-session",
    "json": "json jsonl ipynb",
    "yaml": "yaml yml",
    "toml": "toml",
    "ini": "ini cfg conf",
    "javascript": "js javascript mjs cjs",
    "typescript": "ts typescript",
    "html": "html htm",
    "xml": "xml svg",
    "css": "css",
    "c": "c h",
    "cpp": "cpp cc hpp c++ cu cuh cuda",
    "rust": "rs rust",
    "go": "go",
    "java": "java",
    "julia": "jl julia",
    "r": "r",
    "sql": "sql",
    "diff": "diff patch",
    "markdown": "md markdown",
    "docker": "dockerfile docker",
    "make": "make makefile mk",
    "jinja": "jinja jinja2 j2",
    "latex": "tex latex",
}
_BY_WORD = {word: lexer for lexer, words in _LANGUAGES.items() for word in words.split()}
_BY_NAME = {"dockerfile": "docker", "makefile": "make", ".gitattributes": "ini", ".gitignore": "ini"}


def language_of(path: str) -> str:
    """The language that a file's name promises; empty if it is none of those known here."""
    name = PurePosixPath(path).name.lower()
    return _BY_NAME.get(name) or _BY_WORD.get(PurePosixPath(name).suffix.removeprefix("."), "")


def code(text: str, language: str) -> Markup:
    """`text` as HTML for the inside of `<code>`."""
    lexer = _BY_WORD.get(language.lower(), language.lower() if language.lower() in _LANGUAGES else "")
    if not lexer or len(text) > MAX_CODE:
        return escape(text)
    return _marked(text, lexer)


def lines(text: str, language: str) -> Iterator[Markup]:
    """The same, a line at a time; no mark spans two lines. Of a longer text the beginning is marked."""
    cut = len(text) if len(text) <= MAX_CODE else text.rfind("\n", 0, MAX_CODE) + 1
    marked = code(text[:cut], language) + escape(text[cut:])
    return iter(marked.split(Markup("\n")))  # the formatter closes and reopens its marks at line ends


@lru_cache(maxsize=256)
def _marked(text: str, lexer: str) -> Markup:
    formatter = HtmlFormatter(nowrap=True)
    marked = run(text, get_lexer_by_name(lexer, stripnl=False, ensurenl=False), formatter)
    # The formatter ends its last line even where the text does not.
    return Markup(marked if text.endswith("\n") else marked.removesuffix("\n"))  # noqa: S704  # the formatter escapes
