"""A card's Markdown as HTML that is safe inside the hub's own pages.

Text → markdown-it → nh3 (the only judge of what may stay) → links made to point into the repository, and formulas put
in. Remote images become links: a reader's address is nobody else's business.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from html.parser import HTMLParser
from itertools import pairwise
from posixpath import dirname, join, normpath
from urllib.parse import quote, unquote, urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

from freehold.web import highlight
from freehold.web.assets import token_classes
from freehold.web.films import show_films
from freehold.web.formulas import Formulas, without_marks
from freehold.web.languages import Language, say, speaking, spoken
from freehold.web.mentions import link_names

MAX_TEXT = 256 << 10
"""In characters; what follows is left out, and the page says so."""
MAX_OPEN = 400
"""Elements left open at once in raw HTML: the sanitiser's time grows with the square of the depth."""

_TAG_NAMES = """
    a abbr audio b blockquote br caption center code col colgroup dd del details div dl dt em figcaption figure
    h1 h2 h3 h4 h5 h6 hr i img input ins kbd li mark ol p pre q s samp section small span strong sub summary sup
    table tbody td tfoot th thead tr tt u ul var video
"""
_TAGS = set(_TAG_NAMES.split())
_ATTRIBUTES = {
    "*": {"align", "class", "id", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "audio": {"src", "controls"},
    "video": {"src", "controls", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start"},
    "details": {"open"},
    "input": {"checked"},
}
_CLASSES = frozenset(("code", "contains-task-list", "task-list-item", "footnotes", "footnote-ref", "footnote-backref"))
_SCROLL = '<div class="scroll" tabindex="0" role="group" aria-label="{}">'
_ID = "card-"
_WORDS = ("text", "code_inline", "math_inline")
"""What of a heading is read."""
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_VOID = frozenset(("br", "hr", "img", "input", "col", "wbr", "source"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text lies, so that its relative links find their files: paths of this hub, already quoted."""

    blob: str
    """The start of addresses of files' pages: `/alice/birds/blob/main/`."""
    raw: str
    """The start of addresses of files' bytes: `/alice/birds/resolve/main/`."""
    path: str
    """Of the text in its repository."""


@dataclass(frozen=True, slots=True)
class Talk:
    """What a comment names: people by `@name`, threads of its repository by `#number`, uploads by their addresses."""

    profile: str
    """The start of addresses of people's pages: `/`."""
    thread: str
    """The start of addresses of threads: `/alice/birds/discussions/`."""
    people: frozenset[str]
    """Names of those who exist."""
    upload: str = "/uploads/"
    """The start of addresses of what is attached to comments."""
    attachments: frozenset[str] = frozenset()
    """Names of the uploads that the comment may show: `<id>.png`."""

    def attached(self, address: str) -> str | None:
        """Where an upload is found that the comment may show, if `address` names one by any name of this hub."""
        before, found, name = address.strip().rpartition("/uploads/")
        known = found and not before.endswith("\\") and name in self.attachments
        return self.upload + name if known else None


@dataclass(frozen=True, slots=True)
class Heading:
    """An entry of the table of contents; `id` is the anchor in the page."""

    level: int
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text ready for a page; `truncated` when it was longer than MAX_TEXT."""

    html: Markup
    headings: tuple[Heading, ...]
    truncated: bool


def render(text: str, place: Place, talk: Talk | None = None) -> Rendered:
    """`text` as safe HTML, with the headings that a table of contents needs; with `talk` it is a comment.

    A page shows many comments: they have no anchors, which would clash.
    """
    return _rendered(text, place, talk, spoken())


@lru_cache(maxsize=64)
def _rendered(text: str, place: Place, talk: Talk | None, language: Language) -> Rendered:
    with speaking(language):
        return _made(text, place, talk)


def _made(text: str, place: Place, talk: Talk | None) -> Rendered:
    kept = without_marks(text[:MAX_TEXT])
    formulas = Formulas()
    html, headings, own = _convert(kept, talk, formulas, raw_html=True)
    if _open_elements(html) > MAX_OPEN:
        formulas = Formulas()
        html, headings, own = _convert(kept, talk, formulas, raw_html=False)
    links = _Links(place, own, talk, formulas)
    links.feed(_clean(html, with_ids=talk is None))
    links.close()
    return Rendered(Markup("".join(links.out)), headings, len(text) > MAX_TEXT)  # noqa: S704  # cleaned above


def clean_html(text: str, place: Place) -> Markup:
    """HTML that somebody else wrote, made safe in the same way; what is nested too deep is shown as its text."""
    kept = text[:MAX_TEXT]
    if _open_elements(kept) > MAX_OPEN:
        return Markup(escape(kept))  # noqa: S704  # escaped here
    links = _Links(place, frozenset(), None, Formulas())
    links.feed(_clean(kept, with_ids=False))
    links.close()
    return Markup("".join(links.out))  # noqa: S704  # cleaned above


def _convert(
    text: str, talk: Talk | None, formulas: Formulas, *, raw_html: bool
) -> tuple[str, tuple[Heading, ...], frozenset[str]]:
    """HTML, headings, and the addresses of this hub that the text links to by naming people and threads."""
    markdown = MarkdownIt("commonmark", {"html": raw_html, "highlight": _fence}).enable(["table", "strikethrough"])
    markdown.use(tasklists_plugin)
    formulas.install(markdown)
    if talk is None:
        markdown.use(footnote_plugin)
    tokens = markdown.parse(text)
    if talk is not None:
        show_films(tokens, talk.attached)
    own = link_names(tokens, talk) if talk else frozenset[str]()
    headings = tuple(_mark_headings(tokens))
    for token in tokens:
        if token.type == "fence" and token.info.strip() == "math":
            token.type = "math_block"
        style = token.attrs.pop("style", None) if token.type in ("th_open", "td_open") else None
        if style is not None:
            token.attrs["align"] = str(style).removeprefix("text-align:")
    return markdown.renderer.render(tokens, markdown.options, {}), headings, own


def _fence(code: str, language: str, _attributes: str) -> str:
    return f'<pre class="code"><code>{highlight.code(code, language)}</code></pre>'


def _mark_headings(tokens: Sequence[Token]) -> Iterator[Heading]:
    used: dict[str, int] = {}
    for token, inline in pairwise(tokens):
        if token.type != "heading_open":
            continue
        words = "".join(child.content for child in inline.children or () if child.type in _WORDS)
        slug = re.sub(r"[^\w-]", "", words.strip().lower().replace(" ", "-"))[:80] or "section"
        used[slug] = used.get(slug, -1) + 1
        identifier = f"{slug}-{used[slug]}" if used[slug] else slug
        token.attrs["id"] = identifier
        yield Heading(int(token.tag[1]), _ID + identifier, words.strip())


def _open_elements(html: str) -> int:
    """A bound on how deep a browser could nest `html`: openings without a closing of the same name, summed."""
    depth: dict[str, int] = {}
    deepest = total = 0
    for found in _TAG.finditer(html):
        name = found.group(2).lower()
        if name in _VOID:
            continue
        known = depth.get(name, 0)
        step = 1 if not found.group(1) else -1 if known else 0
        depth[name] = known + step
        total += step
        deepest = max(deepest, total)
    return deepest


def _clean(html: str, *, with_ids: bool) -> str:
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES if with_ids else _ATTRIBUTES | {"*": _ATTRIBUTES["*"] - {"id"}},
        attribute_filter=_filter,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,  # set with the rest of the link below
        # What may be wider than the window is scrolled by keys, too.
        set_tag_attribute_values={"input": {"disabled": ""}, "pre": {"tabindex": "0"}, "table": {"tabindex": "0"}},
        tag_attribute_values={"input": {"type": {"checkbox"}}},
    )


@lru_cache(maxsize=1)
def _known_classes() -> frozenset[str]:
    return _CLASSES | token_classes()


def _filter(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "class":
        return " ".join(name for name in value.split() if name in _known_classes()) or None
    if attribute == "id":
        # A prefix keeps a card's names apart from the page's own and from the names that scripts look up.
        return _ID + value if tag in ("h1", "h2", "h3", "h4", "h5", "h6", "li", "sup", "a") else None
    if attribute == "align":
        return value if value in ("left", "center", "right") else None
    if attribute in ("width", "height", "colspan", "rowspan", "start"):
        return value if value.rstrip("%").isdigit() and len(value) < 6 else None
    return value


class _Links(HTMLParser):
    """Rewrites the links of clean HTML; every attribute is written anew and escaped."""

    def __init__(self, place: Place, own: frozenset[str], talk: Talk | None, formulas: Formulas) -> None:
        super().__init__(convert_charrefs=False)
        self._place, self._own, self._talk, self._formulas, self._in_link = place, own, talk, formulas, 0
        self.out: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "a":
            self._in_link += 1
            self._open("a", self._anchor(values))
        elif tag in ("img", "audio", "video") and "src" in values:
            self._media(tag, values)
        else:
            # What is wider than a small screen scrolls by itself, and by the keyboard, too.
            self.out.append(_SCROLL.format(escape(say("Table"))) if tag == "table" else "")
            self._open(tag, values)

    def handle_endtag(self, tag: str) -> None:
        self._in_link -= tag == "a"
        self.out.append(f"</{tag}>" if tag != "table" else "</table></div>")

    def handle_data(self, data: str) -> None:
        # Only where text stands: a mark that raw HTML drew into an attribute is no formula.
        self.out.append(self._formulas.put(data))

    def handle_entityref(self, name: str) -> None:
        self.out.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.out.append(f"&#{name};")

    def _open(self, tag: str, values: dict[str, str]) -> None:
        written = "".join(f' {name}="{escape(without_marks(value))}"' for name, value in values.items())
        self.out.append(f"<{tag}{written}>")

    def _anchor(self, values: dict[str, str]) -> dict[str, str]:
        target = values.pop("href", None)
        if target is None:
            return values
        if target.startswith("#"):
            return values | {"href": "#" + _ID + target[1:]}
        if attached := self._talk and self._talk.attached(target):
            return values | {"href": attached}
        if target in self._own:
            return values | {"href": target}
        if _is_remote(target):
            return values | {"href": target, "rel": "nofollow noopener noreferrer"}
        inside = self._inside(target, self._place.blob)
        return values | {"href": inside} if inside else values

    def _media(self, tag: str, values: dict[str, str]) -> None:
        source = values.pop("src")
        attached = self._talk and self._talk.attached(source)
        if attached or not _is_remote(source):
            inside = attached or self._inside(source, self._place.raw)
            extra = {"loading": "lazy"} if tag == "img" else {"controls": "", "preload": "none"}
            return self._open(tag, {"src": inside, **values, **extra} if inside else values)
        host = urlsplit(source).hostname or "elsewhere"
        label = escape(values.get("alt") or tag)
        note = f'{label} <span class="remote-host">{escape(host)}</span>'
        if self._in_link:
            self.out.append(f'<span class="remote">{note}</span>')
        else:
            target = escape(source)
            self.out.append(f'<a class="remote" href="{target}" rel="nofollow noopener noreferrer">{note}</a>')
        return None

    def _inside(self, target: str, base: str) -> str | None:
        """The address of a relative target; None if it leaves the repository."""
        path, mark, fragment = target.partition("#")
        path = unquote(path.partition("?")[0])
        if path.startswith("/"):
            return None
        whole = normpath(join(dirname(self._place.path), path))
        if whole.startswith("..") or "\0" in whole:
            return None
        return base + quote(whole, errors="replace") + (mark + quote(fragment) if mark else "")


def _is_remote(target: str) -> bool:
    try:
        parts = urlsplit(target.strip())
    except ValueError:
        return True
    return bool(parts.scheme or parts.netloc) or target.lstrip().startswith(("//", "\\"))
