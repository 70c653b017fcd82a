"""Style, script and icons, gathered when the hub starts and served under the hash of their content."""

import gzip
import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from markupsafe import Markup
from pygments.token import STANDARD_TYPES
from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import NotFound

WEB = Path(__file__).parent
PREFIX = "/-/"
"""No account can be called `-`, so no repository's address can begin like this."""

_FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file that pages refer to."""

    name: str
    body: bytes
    media_type: str
    packed: bytes = field(init=False)
    """The body as gzip: made once, since nothing in it is a secret that its length could betray."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "packed", gzip.compress(self.body, mtime=0))

    @property
    def path(self) -> str:
        """Its address, which changes with its content."""
        stem, _, ending = self.name.rpartition(".")
        return f"{PREFIX}{stem}.{hashlib.sha256(self.body).hexdigest()[:12]}.{ending}"


class Assets:
    """What pages refer to: `css`, `js` and `logo` are paths, `scripts` those of single pages, `icons` are inlined."""

    def __init__(self) -> None:
        style = Asset("site.css", _style().encode(), "text/css; charset=utf-8")
        script = Asset("site.js", _script().encode(), "text/javascript; charset=utf-8")
        logo = Asset("logo.svg", (WEB / "static" / "logo.svg").read_bytes(), "image/svg+xml")
        self.css, self.js, self.logo = style.path, script.path, logo.path
        own = {file.parent.name: _page_script(file) for file in (WEB / "pages").glob("*/page.js")}
        self.scripts = {page: asset.path for page, asset in own.items()}
        self._by_path = {asset.path: asset for asset in (style, script, logo, *own.values())}
        icons = (WEB / "static" / "icons").glob("*.svg")
        self.icons = {file.stem: Markup(file.read_text("utf-8").strip()) for file in icons}  # noqa: S704  # our own files

    def route(self) -> Route:
        """Serves the assets; what an older page asks for and is gone answers 404."""
        return Route(PREFIX + "{name:seg}", self._serve, needs=Need.NOTHING, name="asset")

    def _serve(self, request: Request) -> Response:
        asset = self._by_path.get(PREFIX + request.path_params["name"])
        if asset is None:
            raise NotFound("There is no such file. Reload the page that refers to it.")
        headers = {"Cache-Control": _FOREVER, "Vary": "Accept-Encoding"}
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(asset.body, media_type=asset.media_type, headers=headers)
        headers["Content-Encoding"] = "gzip"
        return Response(asset.packed, media_type=asset.media_type, headers=headers)


def _page_script(file: Path) -> Asset:
    """The script of one page."""
    return Asset(f"{file.parent.name}.js", file.read_bytes(), "text/javascript; charset=utf-8")


def _style() -> str:
    """Tokens and base first, then parts, then pages, each by name: the order decides between equal rules."""
    files = [WEB / "tokens.css", WEB / "base.css"]
    files += sorted((WEB / "parts").glob("*/part.css")) + sorted((WEB / "pages").glob("*/page.css"))
    return "\n".join(file.read_text("utf-8") for file in files) + _highlighting()


def _script() -> str:
    """What every page loads: the site's own, then what its parts add, each in a scope of its own."""
    parts = [file.read_text("utf-8") for file in sorted((WEB / "parts").glob("*/part.js"))]
    return (WEB / "site.js").read_text("utf-8") + "".join(f"{{\n{part}}}\n" for part in parts)


def _highlighting() -> str:
    """Colours of code by token kind, as variables that each theme sets."""
    groups = {
        "comment": ".c,.c1,.ch,.cm,.cs,.cpf",
        "keyword": ".k,.kc,.kd,.kn,.kp,.kr,.kt,.ow,.nt",
        "string": ".s,.s1,.s2,.sa,.sb,.sc,.sd,.se,.sh,.si,.sx,.sr,.ss,.dl,.l-Scalar-Plain",
        "number": ".m,.mb,.mf,.mh,.mi,.mo,.il,.ld",
        "name": ".nf,.fm,.nc,.nd,.ne,.nn",
        "attribute": ".na,.nb,.bp,.nv,.vi,.no",
        "added": ".gi",
        "removed": ".gd",
        "heading": ".gh,.gu",
    }
    rules = (f".code :is({selector}){{color:var(--code-{name})}}" for name, selector in groups.items())
    return "\n" + "\n".join(rules) + "\n"


def token_classes() -> frozenset[str]:
    """The class names that highlighted code may carry."""
    return frozenset(STANDARD_TYPES.values()) - {""}
