"""A gate as somebody stands before it: what it asks, how they stand, and how they ask to be let in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from freehold.base.errors import Forbidden, Invalid, NotFound, NotGated, Stale
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.gates.desk import Gates
from freehold.core.accounts.gates.fetches import Fetches
from freehold.core.accounts.gates.figures import Figures
from freehold.core.accounts.gates.gate import MAY_ASK, AccessRequest, GateRef, Policy, Standing
from freehold.core.accounts.identity import NAMES, Identities
from freehold.core.accounts.names import name_key
from freehold.core.accounts.people import OrgMembership, People
from freehold.core.repos.deciding import CHANGED
from freehold.wire.gates.answers import check_answers
from freehold.wire.gates.receipts import ReceiptFile
from freehold.wire.gates.terms import Terms


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody sends to be let in."""

    answers: Mapping[str, Any]
    shown: str | None = None
    """The hash of the terms that they saw; None: they come without a page."""
    network: str = ""
    """Where they ask from, as far as the gate may know it."""
    org: str = ""
    """The organisation that they ask for, which they administer; empty: for themselves."""


@dataclass(frozen=True, slots=True)
class Books:
    """What both sides of every gate need."""

    gates: Gates
    people: People
    identities: Identities
    fetches: Fetches


@dataclass(frozen=True, slots=True)
class Asks:
    """What a gate asks at this moment, and the commit that says so; empty: none does."""

    terms: Terms
    commit: str = ""


@dataclass(frozen=True, slots=True)
class Door:
    """One gate, for an actor who may see that it is there. `closed`: they are not let in as they are."""

    books: Books
    actor: Actor
    gate: GateRef
    closed: bool
    read: Callable[[], Asks]

    @property
    def terms(self) -> Terms:
        """What the gate asks now."""
        return self.read().terms

    @property
    def policy(self) -> Policy:
        """How the gate is kept."""
        return self.books.gates.read.policy(self.gate.repo_id)

    @property
    def figures(self) -> Figures | None:
        """How this gate decides, for everybody; None where too few decisions were made to tell."""
        return self.books.gates.figures(self.gate.repo_id)

    @property
    def standing(self) -> Standing:
        """How the actor stands at this gate by what they asked themselves."""
        return self.books.gates.read.standing(self.gate.repo_id, self.actor.account_id)

    @property
    def own(self) -> AccessRequest | None:
        """What the actor has asked of this gate."""
        return self.books.gates.read.request(self.gate.repo_id, self.actor.account_id)

    @property
    def receipt_key(self) -> str:
        """The public key that verifies this hub's receipts, in base64."""
        return self.books.gates.public_key

    @property
    def receipt(self) -> ReceiptFile:
        """The receipt of the actor's newest grant, whatever became of it. Raises NotFound."""
        read = self.books.gates.read
        return read.receipt(self.gate.repo_id, read.last_grant(self.gate.repo_id, self.actor))

    @property
    def of_orgs(self) -> Mapping[str, AccessRequest | None]:
        """The organisations for which the actor may ask, each with what was asked."""
        mine = [org for org in self._memberships() if org.role == "admin" and org.id != self.gate.owner_id]
        return {org.name: self.books.gates.read.request(self.gate.repo_id, org.id) for org in mine}

    @property
    def through(self) -> str:
        """The organisation by whose access the actor is let in; empty where it is not by one's."""
        if self.closed:
            return ""
        for org in self._memberships():
            if self.books.gates.read.standing(self.gate.repo_id, org.id) is Standing.ACTIVE:
                return org.name
        return ""

    def ask(self, asked: Asked) -> Standing:
        """Ask for access, and by that agree to the terms. How they stand then is the answer.

        Whoever is in, waits or was rejected changes nothing. Raises NotGated, Forbidden, Invalid, Stale.
        """
        demand_gate(self.gate)
        if not self.actor.signed_in:
            raise Forbidden("Sign in to ask for access.")
        if not self.actor.may_write:
            raise Forbidden("This token may only read: to agree to terms in your name takes one that may write.")
        self._demand_reach()
        if not self.closed and not asked.org:
            return Standing.ACTIVE
        org_id = self._administered(asked.org) if asked.org else None
        who, asks = org_id or str(self.actor.account_id), self.read()
        if asked.shown is not None and asked.shown != asks.terms.sha256:
            raise Stale(CHANGED)
        if asks.terms.problem:
            raise Invalid(f"Nobody can ask for access until the owner has mended the card: {asks.terms.problem}")
        standing = self.books.gates.read.standing(self.gate.repo_id, who)
        if standing not in MAY_ASK:
            return standing
        self._demand_identity(who)
        answers = check_answers(asks.terms, asked.answers, asked.network)
        terms = self.books.gates.keep_terms(self.actor, self.gate, asks.terms, asks.commit)
        return self.books.gates.ask(self.actor, self.gate, terms, answers, org_id)

    def withdraw(self, org: str = "") -> None:
        """Take back one's own request, or that of an organisation, while nobody has decided. Raises NotFound."""
        if not self.actor.signed_in or not self.actor.may_write:
            raise Forbidden("Sign in with a token that may write to take back a request.")
        self._demand_reach()
        self.books.gates.withdraw(self.actor, self.gate, self._administered(org) if org else None)

    def _memberships(self) -> list[OrgMembership]:
        """The organisations that the actor belongs to and their credential reaches."""
        mine = self.books.people.orgs_of(self.actor.account_id) if self.actor.account_id else []
        return [one for one in mine if not self.actor.barred_from(one.id)]

    def _administered(self, org: str) -> str:
        """The id of an organisation that the actor administers. Raises Forbidden."""
        if why := self.actor.barred_from(name_key(org)):
            raise Forbidden(why)
        found = [one for one in self._memberships() if one.name.lower() == org.lower()]
        if not found or found[0].role != "admin":
            raise Forbidden("Only administrators of an organisation ask for access in its name.")
        return found[0].id

    def _demand_reach(self) -> None:
        """Raise Forbidden for a credential that the gate's owner has shut out: its holder asks with another."""
        if why := self.actor.barred_from(self.gate.owner_id):
            raise Forbidden(why)

    def _demand_identity(self, account_id: str) -> None:
        wanted, has = self.policy.level, self.books.identities.level(account_id)
        if has < wanted:
            raise Forbidden(
                f"This gate asks who you are: it takes {NAMES[wanted]} (level {wanted}), and this hub knows of"
                f" {NAMES[has]}. See /settings/identity."
            )


def demand_gate(gate: GateRef) -> None:
    """Raise NotGated where nobody needs to ask."""
    if not gate.shut:
        raise NotGated(f"{gate.name} is not gated")


def account_of(people: People, user: str) -> str:
    """The id of a person. Raises NotFound."""
    account = people.by_name(user)
    if account is None or account.kind != "user" or account.disabled:
        raise NotFound("User not found")
    return account.id
