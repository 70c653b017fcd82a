"""A gate as those see it who decide there: who asked, who is in, and what becomes of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from freehold.base.errors import NotFound
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.gates.fetches import Fetch
from freehold.core.accounts.gates.gate import AccessRequest, GateRef, Policy, TermsVersion
from freehold.core.accounts.gates.granting import NO_REQUEST, Given
from freehold.core.accounts.gates.registry import Held
from freehold.core.repos.deciding import Decision
from freehold.core.repos.gate_door import Asks, Books, account_of, demand_gate
from freehold.wire.gates.receipts import ReceiptFile


@dataclass(frozen=True, slots=True)
class Keeper:
    """One gate, for an actor who decides there; holding one is the permission."""

    books: Books
    actor: Actor
    gate: GateRef
    read: Callable[[], Asks]

    def requests(self, status: str, *, after: str = "", limit: int = 1000, prefix: str = "") -> list[AccessRequest]:
        """Requests of one status in the order in which they were made; names begin with `prefix`."""
        found = self.books.gates.read.requests(self.gate.repo_id, status, after, limit, prefix)
        return [self.books.gates.answers.opened(one) for one in found]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many requests there are of each status."""
        return self.books.gates.read.counts(self.gate.repo_id)

    @property
    def policy(self) -> Policy:
        """How the gate is kept."""
        return self.books.gates.read.policy(self.gate.repo_id)

    @property
    def version(self) -> TermsVersion | None:
        """The newest version of the terms that somebody agreed to or was let in under."""
        return self.books.gates.read.terms(self.gate.repo_id)

    @property
    def receipt_key(self) -> str:
        """The public key that verifies this hub's receipts, in base64."""
        return self.books.gates.public_key

    def export(self) -> list[AccessRequest]:
        """Every request with all answers, for a report; the audit says who took one."""
        return self.books.gates.export(self.actor, self.gate)

    def decide(self, decision: Decision, *, user: str = "", request_id: str = "") -> None:
        """Decide on the request of a user, or with an id. Raises NotGated, NotFound, Invalid."""
        demand_gate(self.gate)
        found = request_id or self._request_of(user)
        given = Given(purpose=decision.purpose, days=decision.days)
        self.books.gates.handle(self.actor, self.gate, found, decision.status, reason=decision.reason, given=given)

    def let_in(self, user: str, *, purpose: str = "", days: int | None = None) -> None:
        """Give access to somebody, asked or not. Raises NotGated, NotFound for no such user, Invalid."""
        demand_gate(self.gate)
        account_id = account_of(self.books.people, user)
        terms = self.keep_terms()
        self.books.gates.let_in(self.actor, self.gate, terms, account_id, Given(purpose=purpose, days=days))

    def suspend(self, request_id: str, reason: str) -> None:
        """Stop the downloads of somebody who is in, until `resume`. Raises NotFound."""
        demand_gate(self.gate)
        self.books.gates.suspend(self.actor, self.gate, request_id, reason)

    def resume(self, request_id: str) -> None:
        """Undo `suspend`. Raises NotFound."""
        demand_gate(self.gate)
        self.books.gates.resume(self.actor, self.gate, request_id)

    def fetched(self, request_id: str) -> Iterator[Fetch]:
        """What somebody fetched under all grants that their request led to, each thing once a day."""
        return self.books.fetches.of_request(self.gate.repo_id, request_id)

    def ended(self, request_id: str) -> Sequence[Held]:
        """The grants of a request that have ended, and whether their holder says to have deleted their copies."""
        return self.books.gates.read.ended(self.gate.repo_id, request_id)

    def receipt(self, grant_id: str) -> ReceiptFile:
        """The receipt of a grant of this gate. Raises NotFound."""
        return self.books.gates.read.receipt(self.gate.repo_id, grant_id)

    def keep_terms(self) -> TermsVersion:
        """The version that the gate's terms are now, made if they have changed."""
        asks = self.read()
        return self.books.gates.keep_terms(self.actor, self.gate, asks.terms, asks.commit)

    def _request_of(self, user: str) -> str:
        request = self.books.gates.read.request(self.gate.repo_id, account_of(self.books.people, user))
        if request is None:
            raise NotFound(NO_REQUEST)
        return request.id


class GateAdmin(Keeper):
    """The same for an actor who may also change how the gate is kept."""

    def set_policy(self, policy: Policy) -> None:
        """Change it; the terms as they are now are what later ones are compared with. Raises Invalid."""
        self.keep_terms()
        self.books.gates.set_policy(self.actor, self.gate, policy)
