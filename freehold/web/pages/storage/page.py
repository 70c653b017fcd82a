"""What a person or an organisation stores, what that takes, and how long unneeded files are kept."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import Invalid, NotFound
from freehold.core.accounts.people import Account, People
from freehold.core.repos.repos import Repos
from freehold.core.repos.storage import HubUsage, NamespaceUsage
from freehold.web.forms import Form
from freehold.web.signed_in import signed_in
from freehold.web.site import Site

_OWN, _ORG = "/settings/storage", "/organizations/{org:seg}/settings/storage"


@dataclass(frozen=True, slots=True)
class StoragePage:
    """`rule` is the namespace's own: `default`, `never` or days; `hub_days` the hub's, None: nothing goes.

    `hub` is there for administrators of the hub.
    """

    name: str
    is_org: bool
    usage: NamespaceUsage
    rule: str
    hub_days: int | None
    hub: HubUsage | None
    action: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Rooms:
    site: Site
    repos: Repos
    people: People

    def account(self, request: Request) -> Account:
        """Whose storage the address means."""
        _, account_id = signed_in(request)
        org = request.path_params.get("org")
        account = self.people.by_id(account_id) if org is None else self.people.by_name(org)
        if account is None or (org is not None and account.kind != "org"):
            raise NotFound("There is no organisation of this name.")
        return account

    def page(self, request: Request, problem: str = "") -> Response:
        """The page, with why a form did nothing."""
        actor, account = identity(request), self.account(request)
        rules = self.repos.retentions.rules()
        own = rules.own.get(account.id, -1)
        page = StoragePage(
            account.name,
            account.kind == "org",
            self.repos.storage.of_namespace(actor, account),
            "default" if own == -1 else "never" if own is None else str(own),
            rules.days,
            self.repos.storage.of_hub(actor) if actor.is_admin else None,
            _ORG.replace("{org:seg}", account.name) if account.kind == "org" else _OWN,
            problem,
        )
        return self.site.page(request, "pages/storage/page.html", page, status=400 if problem else 200)


def routes(site: Site, repos: Repos, people: People) -> list[Route]:
    """`/settings/storage` and the same of an organisation."""
    rooms = _Rooms(site, repos, people)

    def show(request: Request) -> Response:
        if not identity(request).signed_in:
            return site.ask_to_sign_in(request)
        return rooms.page(request)

    def change(request: Request, form: Form) -> Response:
        actor, account = signed_in(request)[0], rooms.account(request)
        rule = form.get("rule", "")
        try:
            if rule == "default":
                repos.retentions.unset(actor, account)
            else:
                repos.retentions.set(actor, account, None if rule == "never" else _days(form.get("days", "")))
        except Invalid as refused:
            return rooms.page(request, refused.message)
        return site.redirect(request, request.scope["path"].removeprefix(request.scope.get("root_path", "")))

    return [
        Route(path, endpoint, needs=needs, methods=methods, name=name)
        for path, needs in ((_OWN, Need.ACTING), (_ORG, Need.STEWARD))
        for endpoint, methods, name in ((show, ["GET"], "storage"), (site.csrf.posted(change), ["POST"], "retention"))
    ]


def _days(text: str) -> int:
    if not text.strip().isdecimal():
        raise Invalid("Give a number of days.")
    return int(text)
