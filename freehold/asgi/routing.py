"""Routes on the raw path: a segment that arrives as `refs%2Fpr%2F1` stays one segment and is decoded afterwards.

`{name:seg}` is one segment, `{name:rest}` all that follows, slashes included.
"""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote, unquote

from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.routing import Route as _Route
from starlette.types import ASGIApp, Receive, Scope, Send

from freehold.asgi.needs import Need
from freehold.base.errors import Invalid
from freehold.base.words import later


def _decoded(raw: str) -> str:
    try:
        text = unquote(raw, errors="strict")
    except UnicodeDecodeError:
        raise Invalid("The address is not valid UTF-8. Percent-encode names as UTF-8.") from None
    if "\0" in text:
        raise Invalid("The address contains a NUL byte. Remove it.")
    return text


class _Segment(Convertor[str]):
    regex = "[^/]+"

    def convert(self, value: str) -> str:
        return _decoded(value)

    def to_string(self, value: str) -> str:
        return quote(value, safe="")


class _Rest(Convertor[str]):
    regex = ".*"

    def convert(self, value: str) -> str:
        return _decoded(value)

    def to_string(self, value: str) -> str:
        return quote(value, safe="/")


register_url_convertor("seg", _Segment())
register_url_convertor("rest", _Rest())


def raw_path(scope: Scope) -> str:
    """The request's path as it came, still percent-encoded, without the hub's own prefix."""
    raw: bytes | None = scope.get("raw_path")
    path: str = raw.decode("latin-1") if raw is not None else quote(scope["path"])
    prefix: str = scope.get("root_path", "")
    if prefix and (path == prefix or path.startswith(prefix + "/")):
        path = path[len(prefix) :]
    return path or "/"


class Route(_Route):
    """A route whose template is matched against the raw path, and which says what it needs of whoever asks."""

    def __init__(
        self, path: str, endpoint: Callable[..., Any], *, needs: Need, methods: list[str] | None = None, name: str = ""
    ) -> None:
        super().__init__(path, endpoint, methods=methods, name=name or None)
        self.needs = needs

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As Starlette's, but nothing is decoded before the segments are told apart."""
        if scope["type"] != "http" or (found := self.path_regex.match(raw_path(scope))) is None:
            return Match.NONE, {}
        params = {key: self.param_convertors[key].convert(value) for key, value in found.groupdict().items()}
        child: dict[str, Any] = {"endpoint": self.endpoint, "path_params": params, "route": self}
        allowed = self.methods is None or scope["method"] in self.methods
        return (Match.FULL if allowed else Match.PARTIAL), child


class Router:
    """Hands a request to the first route that matches; only routes that share its first segments are tried."""

    def __init__(self, routes: Sequence[Route], missing: ASGIApp) -> None:
        self.routes = list(routes)
        _all_declared(self.routes)
        self.missing = missing
        self._places: dict[tuple[str, str], list[int]] = {("*", "*"): []}
        for place, route in enumerate(self.routes):
            self._places.setdefault(_key(route.path), []).append(place)
        self._firsts, self._seconds = ({key[at] for key in self._places} for at in (0, 1))
        self._buckets: dict[tuple[str, str], list[Route]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Route one HTTP request."""
        allowed: set[str] = set()
        for route in self._candidates(*_parts(raw_path(scope))):
            match, child = route.matches(scope)
            if match is Match.FULL:
                scope.update(child)
                return await route.handle(scope, receive, send)
            if match is Match.PARTIAL:
                scope.setdefault("route", route)  # the log must know that a path holds a secret
                allowed |= route.methods or set()
        if allowed:
            raise _not_allowed(scope["method"], allowed)
        return await self.missing(scope, receive, send)

    def _candidates(self, first: str, second: str) -> list[Route]:
        """The routes whose first segments are these, in order; put together when first asked for."""
        known = (first if first in self._firsts else "*", second if second in self._seconds else "*")
        if known not in self._buckets:
            near = {(one, two) for one in {known[0], "*"} for two in {known[1], "*"}}
            places = sorted(place for key in near for place in self._places.get(key, ()))
            self._buckets[known] = [self.routes[place] for place in places]
        return self._buckets[known]


def _all_declared(routes: Sequence[Route]) -> None:
    """A hub with a route that says nothing of permission does not start: somebody may have forgotten to ask."""
    silent = [route.path for route in routes if not isinstance(getattr(route, "needs", None), Need)]
    if silent:
        raise TypeError(f"These routes do not say what they need of a caller (freehold/asgi/needs): {silent}")


def _not_allowed(method: str, allowed: set[str]) -> HTTPException:
    names = ", ".join(sorted(allowed))
    return HTTPException(405, later(f"This address does not take {method}. Use one of: {names}."), {"Allow": names})


def _parts(path: str) -> tuple[str, str]:
    parts = path.split("/", 3)
    return parts[1], parts[2] if len(parts) > 2 else ""


def _key(template: str) -> tuple[str, str]:
    """The first two segments of a template, `*` where one is not literal."""
    first, second = _parts(template)
    if "{" in first:
        return "*", "*" if ":rest}" in first else ("*" if "{" in second else second)
    return first, "*" if "{" in second else second
