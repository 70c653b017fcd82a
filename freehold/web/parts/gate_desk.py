"""What those see who decide at a gate: who asked, who is in, and how the gate is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from starlette.requests import Request

from freehold.base.errors import Invalid
from freehold.base.words import later
from freehold.core.accounts.gates.gate import STATUSES, AccessRequest, Policy, Reaccept, TermsVersion
from freehold.core.accounts.gates.registry import Held
from freehold.core.accounts.identity import NAMES
from freehold.core.repos.deciding import Decision
from freehold.core.repos.gate_keeper import GateAdmin, Keeper
from freehold.web.forms import Form

PAGE = 50
LEVELS = {str(level): said for level, said in NAMES.items()}
_STRANGE = later("This form asks for nothing that can be done here. Reload the page.")


@dataclass(frozen=True, slots=True)
class GateDesk:
    """`requests` of one status, `after` is where the next page begins; `terms` is the newest version kept."""

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
    shut: bool
    """Whether anybody needs to ask."""
    levels: Mapping[str, str] = field(default_factory=lambda: LEVELS)


def gate_desk(keeper: Keeper, request: Request) -> GateDesk:
    """The desk; `?status=` chooses the list, `?q=` is the beginning of a name."""
    query = request.query_params
    status = query.get("status", "pending")
    status = status if status in STATUSES else "pending"
    search = query.get("q", "").strip()[:96]
    found = keeper.requests(status, after=query.get("after", ""), limit=PAGE + 1, prefix=search)
    return GateDesk(
        status,
        keeper.counts,
        found[:PAGE],
        found[PAGE - 1].id if len(found) > PAGE else "",
        search,
        keeper.policy,
        keeper.version,
        keeper.receipt_key,
        {one.id: keeper.ended(one.id) for one in found[:PAGE]},
        keeper.gate.shut,
    )


def act_on(keeper: Keeper, form: Form) -> None:
    """Do what a form of the lists asks for. Raises what the keeper raises."""
    action, found = form.get("action", ""), form.get("request", "")
    reason, purpose, days = form.get("reason", "").strip(), form.get("purpose", "").strip(), days_in(form)
    match action:
        case "accept":
            keeper.decide(Decision("accepted", purpose=purpose, days=days), request_id=found)
        case "reject":
            keeper.decide(Decision("rejected", reason), request_id=found)
        case "cancel":
            keeper.decide(Decision("pending"), request_id=found)
        case "suspend":
            keeper.suspend(found, reason)
        case "resume":
            keeper.resume(found)
        case "grant":
            keeper.let_in(form.get("user", "").strip(), purpose=purpose, days=days)
        case _:
            raise Invalid(_STRANGE)


def keep_policy(keeper: GateAdmin, form: Form) -> None:
    """Keep the gate as the form says. Raises Invalid."""
    reaccept, level = form.get("reaccept", ""), form.get("level", "")
    if reaccept not in set(Reaccept) or level not in LEVELS:
        raise Invalid(_STRANGE)
    keep = days_in(form, "keep") or Policy().keep
    keeper.set_policy(Policy(Reaccept(reaccept), days_in(form), days_in(form, "cooldown"), keep, int(level)))


def days_in(form: Form, name: str = "days") -> int | None:
    """A number of days; None where the field is empty. Raises Invalid."""
    text = form.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 5:
        raise Invalid("Write how many days as a number, or leave it empty.")
    return int(text)


def list_query(form: Form) -> str:
    """The query of the list that a form was sent from."""
    status = form.get("status", "")
    return f"?status={status}" if status in STATUSES else ""
