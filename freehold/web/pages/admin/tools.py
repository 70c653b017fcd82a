"""What the operator's pages are given, and how each begins: who is asking, where a form leads back to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.base.errors import HubError
from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.moderation.operators import demand_operator
from freehold.core.accounts.sessions import NotRecent, Sessions
from freehold.core.accounts.signing_in.joining import Joining
from freehold.core.queue.queue import Queue
from freehold.core.repos.repos import Repos
from freehold.features.moderation.moderation import Moderation
from freehold.web.forms import Form
from freehold.web.proven import session_proof
from freehold.web.site import Site

ROOT = "/-/admin"

Act = Callable[[Actor, Form], None]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as it counts now; a secret's `value` says only whether there is one."""

    name: str
    value: str
    changed: bool
    """Whether the operator gave it."""
    about: str


@dataclass(frozen=True, slots=True)
class Tools:
    """The rooms that an operator looks into."""

    site: Site
    moderation: Moderation
    repos: Repos
    queue: Queue
    joining: Joining
    sessions: Sessions
    settings: Sequence[Setting]
    probes: Mapping[str, Callable[[], object]]
    version: str

    def shown(self, handler: Callable[[Request, Actor], Response]) -> Callable[[Request], Response]:
        """A page for administrators. Others are refused, visitors asked to sign in."""

        def show(request: Request) -> Response:
            actor = identity(request)
            if not actor.signed_in:
                return self.site.ask_to_sign_in(request)
            demand_operator(actor, to_change=False)
            return handler(request, actor)

        return show

    def acted(self, act: Act, page: Callable[[Request, Actor, str], Response]) -> Callable[[Request, Form], Response]:
        """A form that does something and leads back; what went wrong is said on its own page."""

        def send(request: Request, form: Form) -> Response:
            actor = identity(request)
            demand_operator(actor)
            try:
                act(actor, form)
            except HubError as refused:
                return page(request, actor, refused.message)
            return self.site.redirect(request, _back(form))

        return send

    def confirmed(self, handler: Callable[[Request, Form], Response]) -> Callable[[Request, Form], Response]:
        """A form that a browser left open must not send: whoever does has shown who they are moments ago.

        Else they are asked to, and led back to the page; what the form held is gone.
        """

        def send(request: Request, form: Form) -> Response:
            demand_operator(identity(request))
            try:
                session_proof(request, self.sessions)
            except NotRecent:
                return self.site.redirect(request, f"/settings/confirm?next={quote(_back(form), safe='')}")
            return handler(request, form)

        return send


def _back(form: Form) -> str:
    """The operator's page that the form stood on; never anywhere else."""
    back = form.get("back", "")
    inside = back == ROOT or (back.startswith((f"{ROOT}/", f"{ROOT}?")) and ".." not in back)
    return quote(back, safe="/?&=%:@+-_.~") if inside else ROOT


def named_repo(path: str) -> RepoId:
    """The repository or bucket of a web path such as `datasets/alice/songs`. Raises RepoNotFound in time."""
    parts = [part for part in path.strip().strip("/").split("/") if part]
    kind = next((kind for kind in RepoKind if len(parts) > 2 and kind.prefix == f"{parts[0]}/"), RepoKind.MODEL)
    namespace, name = (parts[-2], parts[-1]) if len(parts) in (2, 3) else ("", "")
    return RepoId(kind, namespace, name)
