"""Who asked for access to a repository and who has it, for those who decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import Invalid, NotFound
from freehold.core.accounts.gates.gate import STATUSES, AccessRequest, Policy, Reaccept, TermsVersion
from freehold.core.accounts.gates.registry import Held
from freehold.core.accounts.identity import NAMES
from freehold.core.repos.deciding import Decision
from freehold.core.repos.gating import Gating
from freehold.core.repos.repos import Repos
from freehold.core.repos.writer import RepoWriter
from freehold.web.fetched import fetched_table
from freehold.web.forms import Form
from freehold.web.links import repo_path
from freehold.web.parts.gate import receipt_file
from freehold.web.parts.head import RepoHead, head_of, repo_id, templates
from freehold.web.signed_in import signed_in
from freehold.web.site import Site

PAGE = 50
LEVELS = {str(level): said for level, said in NAMES.items()}


@dataclass(frozen=True, slots=True)
class AccessPage:
    """`requests` of one status, `after` is where the next page begins; `terms` is the newest version kept."""

    head: RepoHead
    status: str
    counts: Mapping[str, int]
    requests: Sequence[AccessRequest]
    after: str
    search: str
    policy: Policy
    terms: TermsVersion | None
    receipt_key: str
    """The public key that receipts are verified with."""
    ended: Mapping[str, Sequence[Held]]
    """By request: the grants that have ended, and what became of the copies."""
    levels: Mapping[str, str] = field(default_factory=lambda: LEVELS)
    problem: str = ""


def routes(site: Site, repos: Repos, gating: Gating) -> list[Route]:
    """`…/access`, `?status=` chooses the list; one form address, whose `action` says what to do."""

    def show(request: Request) -> Response:
        actor = identity(request)
        if not actor.signed_in:
            return site.ask_to_sign_in(request)
        return _page(site, request, gating, repos.writer(actor, repo_id(request)))

    def change(request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        target = repo_id(request)
        try:
            if form.get("action") == "policy":
                _keep(gating, repos, request, form)
            else:
                _act(gating, repos.writer(actor, target), form)
        except (Invalid, NotFound) as refused:
            return _page(site, request, gating, repos.writer(actor, target), refused.message)
        status = form.get("status", "")
        query = f"?status={status}" if status in STATUSES else ""
        return site.redirect(request, repo_path(target, "access") + query)

    def receipt(request: Request) -> Response:
        actor = identity(request)
        if not actor.signed_in:
            return site.ask_to_sign_in(request)
        writer = repos.writer(actor, repo_id(request))
        file = gating.receipt(writer, request.path_params["grant"])
        return receipt_file(file, f"{writer.repo.namespace}-{writer.repo.name}")

    def fetched(request: Request) -> Response:
        actor = identity(request)
        if not actor.signed_in:
            return site.ask_to_sign_in(request)
        writer = repos.writer(actor, repo_id(request))
        return fetched_table(gating.fetched(writer, request.path_params["request"]), writer.repo.name)

    posted, writing = site.csrf.posted(change), Need.WRITE
    return [
        *(Route(path, show, needs=writing, name="access") for path in templates("/access")),
        *(Route(path, posted, needs=writing, methods=["POST"], name="decide") for path in templates("/access")),
        *(Route(path, receipt, needs=writing, name="receipts") for path in templates("/access/receipts/{grant:seg}")),
        *(Route(path, fetched, needs=writing, name="fetched") for path in templates("/access/fetched/{request:seg}")),
    ]


def _act(gating: Gating, writer: RepoWriter, form: Form) -> None:
    action, found = form.get("action", ""), form.get("request", "")
    reason, purpose, days = form.get("reason", "").strip(), form.get("purpose", "").strip(), _days(form)
    match action:
        case "accept":
            gating.decide(writer, Decision("accepted", purpose=purpose, days=days), request_id=found)
        case "reject":
            gating.decide(writer, Decision("rejected", reason), request_id=found)
        case "cancel":
            gating.decide(writer, Decision("pending"), request_id=found)
        case "suspend":
            gating.suspend(writer, found, reason)
        case "resume":
            gating.resume(writer, found)
        case "grant":
            gating.let_in(writer, form.get("user", "").strip(), purpose=purpose, days=days)
        case _:
            raise Invalid("This form asks for nothing that can be done here. Reload the page.")


def _keep(gating: Gating, repos: Repos, request: Request, form: Form) -> None:
    admin = repos.admin(identity(request), repo_id(request))
    reaccept, level = form.get("reaccept", ""), form.get("level", "")
    if reaccept not in set(Reaccept) or level not in LEVELS:
        raise Invalid("This form asks for nothing that can be done here. Reload the page.")
    keep = _days(form, "keep") or Policy().keep
    policy = Policy(Reaccept(reaccept), _days(form), _days(form, "cooldown"), keep, int(level))
    gating.set_policy(admin, policy)
    if (hides := form.get("hides") == "on") != admin.repo.gate_hides:
        admin.update(gate_hides=hides)


def _days(form: Form, name: str = "days") -> int | None:
    text = form.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 5:
        raise Invalid("Write how many days as a number, or leave it empty.")
    return int(text)


def _page(site: Site, request: Request, gating: Gating, writer: RepoWriter, problem: str = "") -> Response:
    query = request.query_params
    status = query.get("status", "pending")
    status = status if status in STATUSES else "pending"
    search = query.get("q", "").strip()[:96]
    found = gating.requests(writer, status, after=query.get("after", ""), limit=PAGE + 1, prefix=search)
    page = AccessPage(
        head_of(writer),
        status,
        gating.counts(writer),
        found[:PAGE],
        found[PAGE - 1].id if len(found) > PAGE else "",
        search,
        gating.policy(writer),
        gating.version(writer),
        gating.receipt_key,
        {one.id: gating.ended(writer, one.id) for one in found[:PAGE]},
        problem=problem,
    )
    section = writer.repo.kind.plural
    return site.page(request, "pages/access/page.html", page, section=section, status=400 if problem else 200)
