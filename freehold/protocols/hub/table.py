"""How routes are declared: the way the protocol is written down, `{type}s` and `{id}` standing for every kind.

In a template `{type}s` is `models`, `datasets`, `spaces` and `kernels` in turn, `{prefix}` the same in web addresses
(empty for models), `{id}` a namespace and a name, any other `{word}` one segment, `{word:rest}` all that follows.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import NotBuilt
from freehold.base.ids import GIT_KINDS

Endpoint = Callable[[Request], Response] | Callable[[Request], Awaitable[Response]]

_WORD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Declared:
    """One line of the protocol."""

    methods: tuple[str, ...]
    template: str
    needs: Need
    endpoint: Endpoint
    built: bool = True

    @property
    def name(self) -> str:
        """`GET /api/{type}s/{id}`: how documentation and tests refer to it."""
        return f"{'|'.join(self.methods)} {self.spelled}"

    @property
    def spelled(self) -> str:
        """The template as people read it."""
        return self.template.replace(":rest}", "}")

    def routes(self) -> list[Route]:
        """One route for every kind of repository that the template speaks of."""
        return [
            Route(path, self.endpoint, needs=self.needs, methods=list(self.methods)) for path in _paths(self.template)
        ]


def _paths(template: str) -> list[str]:
    template = template.replace("{id}", "{ns}/{name}")
    if "{type}s" in template:
        paths = [template.replace("{type}s", kind.plural) for kind in GIT_KINDS]
    elif "{prefix}" in template:
        # Models have no prefix and so fit other kinds' addresses too: they come last.
        paths = [template.replace("{prefix}", kind.prefix) for kind in reversed(GIT_KINDS)]
    else:
        paths = [template]
    return [_WORD.sub(r"{\1:seg}", path) for path in paths]


def on(methods: str, template: str, needs: Need, endpoint: Endpoint) -> Declared:
    """A route that is built; `methods` such as `GET` or `HEAD|GET`."""
    return Declared(tuple(methods.split("|")), template, needs, endpoint)


def absent(methods: str, template: str, sentence: str) -> Declared:
    """A documented route that is not built yet: it says so."""

    def refuse(_request: Request) -> Response:
        raise NotBuilt(sentence)

    return Declared(tuple(methods.split("|")), template, Need.NOTHING, refuse, built=False)


def flattened(declared: Sequence[Declared]) -> list[Route]:
    """Their routes, in order."""
    return [route for line in declared for route in line.routes()]
