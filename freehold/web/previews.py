"""The picture that stands for a page where its address is shared: drawn here, and only of what anybody may see."""

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec

from markupsafe import escape
from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi import fresh
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import Forbidden, Moved, NotFound
from freehold.base.ids import GIT_KINDS, RepoId
from freehold.core.accounts.actor import ANONYMOUS
from freehold.core.accounts.relations import Relations
from freehold.core.catalog.catalog import Catalog
from freehold.core.repos.repos import Repos
from freehold.web.assets import WEB
from freehold.web.wording import number

HAS_DRAWER = find_spec("resvg_py") is not None
"""Whether the extra `previews` is installed; without it every page has the hub's own picture."""

WIDTH, HEIGHT = 1200, 630
_FONTS = [str(WEB / "static" / "fonts" / f"Inter-{weight}.ttf") for weight in ("Regular", "Bold")]
_PLAIN = WEB / "static" / "preview.png"
_COLOURS = {"model": "#2f5fa8", "dataset": "#9a4f14", "space": "#7a3f98", "kernel": "#0f6b78", "user": "#1d6b4f",
            "org": "#1d6b4f"}  # fmt: skip
_ICONS = {"user": "person", "org": "people"}
_WORDS = {"user": "Person", "org": "Organisation"}
_ROOM = WIDTH - 2 * 88
"""Pixels that a line of text may take."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture says. Everything else of a thing changes without the picture."""

    kind: str
    owner: str
    name: str
    facts: tuple[str, ...]
    hub: str


def routes(hub_name: str, repos: Repos, relations: Relations, catalog: Catalog) -> list[Route]:
    """`/-/preview/{owner}.png`, `/-/preview/{kinds}/{owner}/{name}.png` and the hub's own, `/-/preview.png`.

    What is private and what does not exist have the hub's own picture, so nobody learns which it is.
    """

    def of_account(request: Request) -> Response:
        account = relations.by_name(request.path_params["owner"].removesuffix(".png"))
        picture = None if account is None else Picture(account.kind, "", account.name, (), _sayable(hub_name))
        return _answer(request, picture)

    def of_repo(request: Request) -> Response:
        kind = next((kind for kind in GIT_KINDS if kind.plural == request.path_params["kind"]), None)
        if kind is None:
            return _answer(request, None)
        name = request.path_params["name"].removesuffix(".png")
        repo_id = RepoId(kind, request.path_params["owner"], name)
        try:
            reader = repos.reader(ANONYMOUS, repo_id)
        except (NotFound, Moved, Forbidden):
            return _answer(request, None)
        entry, popularity = catalog.entry(reader), catalog.popularity(reader)
        facts = [(entry.pipeline_tag or "").replace("-", " "), entry.library_name or ""]
        facts += [_many(popularity.likes, "like"), _many(popularity.downloads, "download")]
        repo = reader.repo
        said = tuple(_sayable(fact)[:40] for fact in facts if fact)
        return _answer(request, Picture(kind.value, repo.namespace, repo.name, said, _sayable(hub_name)))

    return [
        Route("/-/preview.png", lambda request: _answer(request, None), needs=Need.NOTHING, name="preview"),
        Route("/-/preview/{owner:seg}", of_account, needs=Need.NOTHING, name="preview-account"),
        Route("/-/preview/{kind:seg}/{owner:seg}/{name:seg}", of_repo, needs=Need.NOTHING, name="preview-repo"),
    ]


def _answer(request: Request, picture: Picture | None) -> Response:
    body = _plain() if picture is None or not HAS_DRAWER else drawn(picture)
    return fresh.answer(request, body, "image/png", shared=True)


@lru_cache(maxsize=1)
def _plain() -> bytes:
    return _PLAIN.read_bytes()


@lru_cache(maxsize=256)
def drawn(picture: Picture) -> bytes:
    """The picture as PNG."""
    import resvg_py  # noqa: PLC0415 - an extra, and only whoever shares an address asks for pictures

    png = resvg_py.svg_to_bytes(
        svg_string=svg(picture), skip_system_fonts=True, font_files=_FONTS, font_family="Inter",
        sans_serif_family="Inter",
    )  # fmt: skip
    return bytes(png)


def svg(picture: Picture) -> str:
    """The picture as SVG."""
    colour = _COLOURS.get(picture.kind, _COLOURS["user"])
    kind = _WORDS.get(picture.kind, picture.kind.capitalize())
    lines, size = _fitted(picture.name)
    top = 336 - (len(lines) - 1) * size * 0.5
    letters = min(44, round(_ROOM / (len(picture.owner) + 2) / 0.62))
    owner = (
        f'<text x="88" y="{top - size * 0.8 - 26:.0f}" font-size="{letters}" fill="#545c55">{picture.owner} /</text>'
    )
    title = "".join(
        f'<text x="88" y="{top + place * size * 1.1:.0f}" font-size="{size}" font-weight="700" fill="#1d231f"'
        f' letter-spacing="-1.5">{escape(line)}</text>'
        for place, line in enumerate(lines)
    )
    facts = escape(_joined(picture.facts))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
        ' font-family="Inter"><rect width="100%" height="100%" fill="#faf9f5"/>'
        f'<rect width="{WIDTH}" height="14" fill="{colour}"/>{_shapes(picture, colour)}'
        f"{_icon(_ICONS.get(picture.kind, picture.kind), 88, 76, 52, colour)}"
        f'<text x="156" y="114" font-size="36" font-weight="700" fill="{colour}">{kind}</text>'
        f"{owner if picture.owner else ''}{title}"
        f'<text x="88" y="466" font-size="30" fill="#545c55">{facts}</text>'
        '<rect x="88" y="510" width="1024" height="2" fill="#e2dfd4"/>'
        f'{_logo(88, 536, 52)}<text x="156" y="574" font-size="34" font-weight="700" fill="#1d231f">'
        f"{escape(picture.hub)}</text></svg>"
    )


def _shapes(picture: Picture, colour: str) -> str:
    """Two pale rings in the corner, which the name places, so that neighbours in a feed are told apart."""
    digest = hashlib.sha256(f"{picture.owner}/{picture.name}".lower().encode()).digest()
    return "".join(
        f'<circle cx="{WIDTH - 40 - digest[n]}" cy="{60 + digest[n + 2] // 2}" r="{90 + digest[n + 4] // 2}"'
        f' fill="none" stroke="{colour}" stroke-opacity="0.10" stroke-width="34"/>'
        for n in range(2)
    )


def _fitted(name: str) -> tuple[list[str], int]:
    """The name in at most three lines, broken at its separators where that helps, and the size of its letters."""
    for size, most in ((92, 1), (76, 1), (76, 2), (60, 2), (50, 3)):
        lines = _broken(name, _ROOM / size)
        if len(lines) <= most:
            return lines, size
    lines = _broken(name, _ROOM / 50)
    return [*lines[:2], lines[2][:-1] + "…"], 50


def _broken(name: str, room: float) -> list[str]:
    lines = [""]
    for part in re.findall(r"[^-_.]{1,24}[-_.]*|[-_.]+", name):
        if lines[-1] and _width(lines[-1] + part) > room:
            lines.append("")
        lines[-1] += part
    return lines


def _joined(facts: tuple[str, ...]) -> str:
    """As many of the facts as fit on a line."""
    while len(text := " · ".join(facts)) > 62:
        facts = facts[1:]
    return text


def _width(text: str) -> float:
    """About how wide a bold text is, in multiples of its size."""
    return sum(0.3 if c in "ijlI.,:;'|!" else 0.42 if c in "frt-_() " else 0.9 if c in "mwMW" else 0.67 for c in text)


def _icon(name: str, x: int, y: int, size: int, colour: str) -> str:
    shape = re.sub(r"^<svg[^>]*>|</svg>$", "", (WEB / "static" / "icons" / f"{name}.svg").read_text("utf-8").strip())
    return (
        f'<svg x="{x}" y="{y}" width="{size}" height="{size}" viewBox="0 0 24 24" fill="none" stroke="{colour}"'
        f' stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">{shape}</svg>'
    )


def _logo(x: int, y: int, size: int) -> str:
    text = (WEB / "static" / "logo.svg").read_text("utf-8").strip()
    return re.sub(r'width="32" height="32"', f'x="{x}" y="{y}" width="{size}" height="{size}"', text, count=1)


def _many(count: int, word: str) -> str:
    return f"{number(count)} {word}{'' if count == 1 else 's'}" if count else ""


def _sayable(text: str) -> str:
    """What the fonts have letters for; a hub or a tag may be called anything."""
    kept = "".join(letter for letter in " ".join(text.split()) if " " <= letter <= "~" or "\xa0" < letter <= "\xff")
    return kept.strip()[:48] or "Freehold"
