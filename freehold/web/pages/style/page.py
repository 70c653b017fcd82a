"""The style guide as a page: every token, and every common element in each of its states, drawn by the real CSS."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.words import later
from freehold.web.assets import WEB
from freehold.web.site import Site

_TOKEN = re.compile(r"^\s+--([a-z0-9-]+): (.+);$", re.MULTILINE)
_GROUPS = (
    (later("Ground and ink"), ("paper", "sheet", "sunk", "line", "line-strong", "ink", "ink-soft", "ink-faint")),
    (later("Accent"), ("accent", "accent-ink", "accent-soft", "accent-deep")),
    (later("Verdicts"), ("warn", "warn-soft", "bad", "bad-soft", "good-soft")),
    (later("Kinds"), ("model", "dataset", "space", "kernel", "bucket")),
)


@dataclass(frozen=True, slots=True)
class Token:
    """A custom property of `tokens.css`; `pixels` is its length where it is one, at the usual size of letters."""

    name: str
    value: str
    pixels: float = 0


@dataclass(frozen=True, slots=True)
class StylePage:
    """`colours` in groups; what belongs to none is the colours of code."""

    colours: Sequence[tuple[str, Sequence[Token]]]
    spaces: Sequence[Token]
    sizes: Sequence[Token]


def routes(site: Site) -> list[Route]:
    """`/-/style`."""
    page = _read()

    def style(request: Request) -> Response:
        return site.page(request, "pages/style/page.html", page)

    return [Route("/-/style", style, needs=Need.NOTHING, name="style")]


def tokens() -> Sequence[Token]:
    """Every token, in the order of the file."""
    text = (WEB / "tokens.css").read_text("utf-8")
    return [Token(name, value, _pixels(value)) for name, value in _TOKEN.findall(text)]


def _read() -> StylePage:
    known = {token.name: token for token in tokens()}
    groups = [(title, [known[name] for name in names]) for title, names in _GROUPS]
    code = [token for name, token in known.items() if name.startswith("code-")]
    return StylePage(
        [*groups, (later("Code"), code)],
        [token for name, token in known.items() if re.fullmatch(r"s[0-9]", name)],
        [token for name, token in known.items() if name.startswith("t-")],
    )


def _pixels(value: str) -> float:
    found = re.fullmatch(r"([0-9.]+)(rem|px)", value)
    return float(found[1]) * (16 if found[2] == "rem" else 1) if found else 0
