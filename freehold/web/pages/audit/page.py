"""Who did what to what: a person's own lines of the audit, an organisation's, or all of the hub's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import Invalid, NotFound
from freehold.core.accounts.trail.chain import Chain
from freehold.core.accounts.trail.reading import Filter, Trail, View
from freehold.web.site import Site
from freehold.wire.audit.lines import Line, canonical

_OWN, _ORG, _HUB = "/settings/audit", "/organizations/{org:seg}/settings/audit", "/settings/audit/hub"
PAGE = 50
_FIELDS = ("actor", "action", "subject", "since", "until")


@dataclass(frozen=True, slots=True)
class Shown:
    """A line, and its detail as pairs of words."""

    line: Line
    detail: Sequence[tuple[str, str]]

    @property
    def when(self) -> str:
        """The moment as people read it, in UTC."""
        return self.line.at[:19].replace("T", " ")


@dataclass(frozen=True, slots=True)
class AuditPage:
    """`of` is whose audit it is, empty for the hub's; `query` the filter as it stands in an address.

    `checkpoint` is the newest signed one, shown to administrators of the hub.
    """

    of: str
    path: str
    shown: Sequence[Shown]
    older: int | None
    asked: Mapping[str, str]
    query: str
    may_see_all: bool
    checkpoint: str
    public_key: str
    problem: str = ""


def routes(site: Site, trail: Trail, chain: Chain) -> list[Route]:
    """The three addresses; `?format=jsonl` takes the same lines away, `?proof=7` the proof of one."""

    def show(request: Request) -> Response:
        actor = identity(request)
        if not actor.signed_in:
            return site.ask_to_sign_in(request)
        asked = {name: request.query_params.get(name, "")[:300] for name in _FIELDS}
        view, problem, chosen = _view(request, trail), "", Filter()
        try:
            chosen = Filter.of(**asked)
        except Invalid as refused:
            problem = refused.message
        if request.query_params.get("format") == "jsonl" and not problem:
            return _file(view, chosen)
        if (seq := _number(request, "proof")) is not None:
            try:
                return _proof(chain, view, seq)
            except (Invalid, NotFound) as refused:
                problem = refused.message
        return _page(site, request, view, chosen, asked=asked, problem=problem, chain=chain)

    needs = ((_OWN, Need.ACCOUNT), (_ORG, Need.STEWARD), (_HUB, Need.OPERATOR))
    return [Route(path, show, needs=need, name="audit") for path, need in needs]


def _view(request: Request, trail: Trail) -> View:
    actor, org = identity(request), request.path_params.get("org")
    if org is not None:
        return trail.of_org(actor, org)
    return trail.of_hub(actor) if request.scope["path"].endswith("/hub") else trail.of_person(actor)


def _file(view: View, chosen: Filter) -> Response:
    headers = {"Content-Disposition": "attachment; filename=audit.jsonl", "Cache-Control": "no-store"}
    return StreamingResponse(view.export(chosen), headers=headers, media_type="application/jsonl")


def _page(
    site: Site, request: Request, view: View, chosen: Filter, *, asked: Mapping[str, str], problem: str, chain: Chain
) -> Response:
    actor, org = identity(request), request.path_params.get("org")
    whole = request.scope["path"].endswith("/hub") and org is None
    found = view.page(chosen, PAGE, _number(request, "before"))
    page = AuditPage(
        "" if whole else org or actor.name,
        _HUB if whole else _ORG.replace("{org:seg}", org) if org else _OWN,
        [Shown(line, _pairs(line)) for line in found.lines],
        found.before,
        asked,
        urlencode({name: text for name, text in asked.items() if text}),
        actor.is_admin and not whole,
        (chain.newest() or "") if whole else "",
        chain.public_key,
        problem,
    )
    return site.page(request, "pages/audit/page.html", page, status=400 if problem else 200)


def _proof(chain: Chain, view: View, seq: int) -> Response:
    proof = chain.prove(view.line(seq))
    headers = {"Content-Disposition": f"attachment; filename=audit-{seq}.json", "Cache-Control": "no-store"}
    return Response(msgspec.json.format(msgspec.json.encode(proof)), headers=headers, media_type="application/json")


def _number(request: Request, name: str) -> int | None:
    text = request.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _pairs(line: Line) -> list[tuple[str, str]]:
    return [(name, _word(value)) for name, value in {**line.detail, **(line.personal or {})}.items() if value != ""]


def _word(value: object) -> str:
    return value if isinstance(value, str) else canonical({"": value})[4:-1]
