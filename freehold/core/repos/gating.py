"""Gates of repositories: what one asks, who asked, and who decides; a reader asks, a writer decides."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from freehold.base.errors import (
    Disabled,
    EntryNotFound,
    Forbidden,
    Invalid,
    NotFound,
    NotGated,
    RepoNotFound,
    Stale,
    TooLarge,
)
from freehold.core.accounts.access import Right
from freehold.core.accounts.actor import SYSTEM, Actor
from freehold.core.accounts.gates.desk import Gates
from freehold.core.accounts.gates.fetches import Fetch
from freehold.core.accounts.gates.figures import Figures
from freehold.core.accounts.gates.gate import MAY_ASK, AccessRequest, GateRef, Policy, Standing, TermsVersion
from freehold.core.accounts.gates.granting import NO_REQUEST, Given
from freehold.core.accounts.gates.registry import Held
from freehold.core.accounts.identity import NAMES, Identities
from freehold.core.accounts.names import name_key
from freehold.core.accounts.people import OrgMembership, People
from freehold.core.repos.deciding import CHANGED, Decision
from freehold.core.repos.gate_groups import GateGroups
from freehold.core.repos.reader import ALWAYS_OPEN, RepoReader
from freehold.core.repos.repo import Repo
from freehold.core.repos.repos import Repos
from freehold.core.repos.telling import state_of
from freehold.core.repos.writer import RepoAdmin, RepoWriter
from freehold.wire.cards import parse_card
from freehold.wire.gates.answers import check_answers
from freehold.wire.gates.receipts import ReceiptFile
from freehold.wire.gates.terms import Terms, read_terms

README = "README.md"
MAX_CARD = 4 << 20
OWN_LISTED = 500
TIDIED_EVERY_S = 3600


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


class Gating:
    """Every gate, for those who hold a reader (to ask) or a writer (to decide)."""

    def __init__(self, repos: Repos, gates: Gates, people: People, identities: Identities, groups: GateGroups) -> None:
        self.groups = groups
        self._repos = repos
        self._gates = gates
        self._people = people
        self.identities = identities

    def terms(self, reader: RepoReader) -> Terms:
        """What the gate asks now, from the card on the main branch."""
        reader = reader.opened()  # what is asked must be readable, also where the card is not
        try:
            content = reader.open_bytes("main", README, MAX_CARD)
        except TooLarge:
            return Terms(problem="The card is too long to be read.")
        except EntryNotFound:
            content = b""
        card = parse_card(content)
        licences = [] if reader.revision().commit is None else reader.paths("main", sorted(ALWAYS_OPEN))
        named = next((entry.oid for entry in licences if entry.path.startswith("LICENSE")), "")
        terms = read_terms(card.data, named)
        return Terms(licence_file=named, problem=card.problem) if card.problem else terms

    def ask(self, reader: RepoReader, asked: Asked) -> Standing:
        """Ask for access, and by that agree to the terms. How they stand then is the answer.

        Whoever is in, waits or was rejected changes nothing. Raises NotGated, Forbidden, Invalid, Stale.
        """
        gate = self._gate(reader)
        if not reader.actor.signed_in:
            raise Forbidden("Sign in to ask for access.")
        if not reader.actor.may_write:
            raise Forbidden("This token may only read: to agree to terms in your name takes one that may write.")
        _demand_reach(reader)
        if not reader.closed and not asked.org:
            return Standing.ACTIVE
        org_id = self._administered(reader.actor, asked.org) if asked.org else None
        standing = self._gates.read.standing(reader.repo.id, org_id) if org_id else reader.standing
        terms = self.terms(reader)
        if asked.shown is not None and asked.shown != terms.sha256:
            raise Stale(CHANGED)
        if terms.problem:
            raise Invalid(f"Nobody can ask for access until the owner has mended the card: {terms.problem}")
        if standing not in MAY_ASK:
            return standing
        self._demand_identity(reader, org_id or str(reader.actor.account_id))
        answers = check_answers(terms, asked.answers, asked.network)
        return self._gates.ask(reader.actor, gate, self._seen(reader, terms), answers, org_id)

    def withdraw(self, reader: RepoReader, org: str = "") -> None:
        """Take back one's own request, or that of an organisation, while nobody has decided. Raises NotFound."""
        if not reader.actor.signed_in or not reader.actor.may_write:
            raise Forbidden("Sign in with a token that may write to take back a request.")
        _demand_reach(reader)
        self._gates.withdraw(reader.actor, _ref(reader.repo), self._administered(reader.actor, org) if org else None)

    def own(self, reader: RepoReader) -> AccessRequest | None:
        """What the reader's actor has asked of this gate."""
        return self._gates.read.request(reader.repo.id, reader.actor.account_id)

    def of_orgs(self, reader: RepoReader) -> Mapping[str, AccessRequest | None]:
        """The organisations for which the reader's actor may ask, each with what was asked."""
        if not reader.actor.signed_in or not reader.repo.gated:
            return {}
        mine = self._orgs_of(reader.actor)
        found = [org for org in mine if org.role == "admin" and org.id != reader.repo.owner_id]
        return {org.name: self._gates.read.request(reader.repo.id, org.id) for org in found}

    def granted_through(self, reader: RepoReader) -> str:
        """The organisation by whose access the reader's actor is let in; empty where it is not by one's."""
        if not reader.actor.signed_in or reader.closed:
            return ""
        for org in self._orgs_of(reader.actor):
            if self._gates.read.standing(reader.repo.id, org.id) is Standing.ACTIVE:
                return org.name
        return ""

    def mine(self, actor: Actor) -> list[tuple[Repo, AccessRequest]]:
        """What an actor has asked of all gates, for repositories that they may still see; the newest first."""
        found = []
        for request in self._gates.read.of_account(actor, OWN_LISTED):
            try:
                found.append((self._repos.by_row_id(actor, request.repo_id).repo, request))
            except (RepoNotFound, Disabled):
                continue
        return found

    def requests(
        self, writer: RepoWriter, status: str, *, after: str = "", limit: int = 1000, prefix: str = ""
    ) -> list[AccessRequest]:
        """Requests of one status in the order in which they were made; names begin with `prefix`."""
        _may_decide(writer)
        found = self._gates.read.requests(writer.repo.id, status, after, limit, prefix)
        return [self._gates.answers.opened(one) for one in found]

    def counts(self, writer: RepoWriter) -> Mapping[str, int]:
        """How many requests there are of each status."""
        _may_decide(writer)
        return self._gates.read.counts(writer.repo.id)

    def export(self, writer: RepoWriter) -> list[AccessRequest]:
        """Every request with all answers, for a report; the audit says who took one."""
        _may_decide(writer)
        return self._gates.export(writer.actor, _ref(writer.repo))

    def decide(self, writer: RepoWriter, decision: Decision, *, user: str = "", request_id: str = "") -> None:
        """Decide on the request of a user, or with an id. Raises NotGated, NotFound, Invalid."""
        gate = self._decided_by(writer)
        found = request_id or self._request_of(writer, user)
        given = Given(purpose=decision.purpose, days=decision.days)
        self._gates.handle(writer.actor, gate, found, decision.status, reason=decision.reason, given=given)

    def let_in(self, writer: RepoWriter, user: str, *, purpose: str = "", days: int | None = None) -> None:
        """Give access to somebody, asked or not. Raises NotGated, NotFound for no such user, Invalid."""
        gate = self._decided_by(writer)
        account_id = self._account(user)
        terms = self._seen(writer, self.terms(writer))
        self._gates.let_in(writer.actor, gate, terms, account_id, Given(purpose=purpose, days=days))

    def suspend(self, writer: RepoWriter, request_id: str, reason: str) -> None:
        """Stop the downloads of somebody who is in, until `resume`. Raises NotFound."""
        self._gates.suspend(writer.actor, self._decided_by(writer), request_id, reason)

    def resume(self, writer: RepoWriter, request_id: str) -> None:
        """Undo `suspend`. Raises NotFound."""
        self._gates.resume(writer.actor, self._decided_by(writer), request_id)

    def fetched(self, writer: RepoWriter, request_id: str) -> Iterator[Fetch]:
        """What somebody fetched under all grants that their request led to, each thing once a day."""
        _may_decide(writer)
        return self._repos.fetches.of_request(writer.repo.id, request_id)

    def ended(self, writer: RepoWriter, request_id: str) -> Sequence[Held]:
        """The grants of a request that have ended, and whether their holder says to have deleted their copies."""
        _may_decide(writer)
        return self._gates.read.ended(writer.repo.id, request_id)

    def held(self, actor: Actor) -> Sequence[Held]:
        """Every grant that an actor has or had, of repositories that are gone too, the newest first."""
        return self._gates.read.held(actor, OWN_LISTED)

    def given(self, actor: Actor) -> Iterator[ReceiptFile]:
        """Every receipt of access that was given to repositories of the actor, or of organisations they administer."""
        return self._gates.read.given(actor)

    def own_fetched(self, actor: Actor, grant_id: str) -> Iterator[Fetch]:
        """What an actor fetched under a grant; who administers the organisation that holds it sees everybody's."""
        return self._repos.fetches.of_grant(grant_id, actor)

    def side_receipt(self, actor: Actor, grant_id: str) -> ReceiptFile:
        """A receipt for either of its two sides, also when the repository is gone. Raises NotFound."""
        return self._gates.read.receipt_for(actor, grant_id)

    def say_deleted(self, actor: Actor, grant_id: str) -> None:
        """Say that what was fetched under a grant that has ended is deleted. Raises NotFound."""
        if not actor.may_write:
            raise Forbidden("Sign in with a token that may write to say this.")
        known = next((one for one in self.held(actor) if one.id == grant_id), None)
        if known is None:
            raise NotFound("You had no such access.")
        self._gates.say_deleted(actor, self._ref_of(known.repo_id, known.path), grant_id)

    def figures(self, reader: RepoReader) -> Figures | None:
        """How this gate decides, for everybody; None where too few decisions were made to tell."""
        return self._gates.figures(reader.repo.id)

    def own_receipt(self, reader: RepoReader) -> ReceiptFile:
        """The receipt of the actor's newest grant, whatever became of it. Raises NotFound."""
        grant_id = self._gates.read.last_grant(reader.repo.id, reader.actor)
        return self._gates.read.receipt(reader.repo.id, grant_id)

    def receipt(self, writer: RepoWriter, grant_id: str) -> ReceiptFile:
        """The receipt of a grant of this repository. Raises NotFound."""
        _may_decide(writer)
        return self._gates.read.receipt(writer.repo.id, grant_id)

    @property
    def receipt_key(self) -> str:
        """The public key that verifies this hub's receipts, in base64."""
        return self._gates.public_key

    def policy(self, reader: RepoReader) -> Policy:
        """How the gate is kept."""
        return self._gates.read.policy(reader.repo.id)

    def set_policy(self, admin: RepoAdmin, policy: Policy) -> None:
        """Change how the gate is kept; the terms as they are now are what later ones are compared with."""
        self._seen(admin, self.terms(admin))
        self._gates.set_policy(admin.actor, _ref(admin.repo), policy)

    def version(self, reader: RepoReader) -> TermsVersion | None:
        """The newest version of the terms that somebody agreed to or was let in under."""
        return self._gates.read.terms(reader.repo.id)

    def tidy(self, _payload: Mapping[str, Any]) -> None:
        """The chore `gates.tidy`: end what is over, let lapse what nobody decided on, delete answers in time."""
        for repo_id in self._gates.overdue():
            self._gates.tidy(self._ref_of(repo_id, repo_id))
        while self._gates.answers.purge():
            pass

    def landed(self, payload: Mapping[str, Any]) -> None:
        """The job `commit.landed {repo_id, …}`: keep the terms of a gate whose card may have changed."""
        try:
            reader = self._repos.by_row_id(SYSTEM, payload["repo_id"])
        except NotFound:
            return
        # Terms that nobody has met need no version yet: the first request makes it.
        if reader.repo.gated and self._gates.read.terms(reader.repo.id) is not None:
            self._seen(reader, self.terms(reader))

    def _seen(self, reader: RepoReader, terms: Terms) -> TermsVersion:
        return self._gates.keep_terms(reader.actor, _ref(reader.repo), terms, reader.revision().commit or "")

    def _decided_by(self, writer: RepoWriter) -> GateRef:
        _may_decide(writer)
        return self._gate(writer)

    def _gate(self, reader: RepoReader) -> GateRef:
        if not reader.repo.gated:
            raise NotGated(f"{reader.repo.kind.value} {reader.repo.repo_id.full} is not gated")
        return _ref(reader.repo)

    def _ref_of(self, repo_id: str, path: str) -> GateRef:
        """The gate of a repository that may be gone."""
        try:
            return _ref(self._repos.by_row_id(SYSTEM, repo_id).repo)
        except NotFound:
            return GateRef(repo_id, path, automatic=False)

    def _orgs_of(self, actor: Actor) -> list[OrgMembership]:
        """The organisations that the actor belongs to and their credential reaches."""
        return [one for one in self._people.orgs_of(str(actor.account_id)) if not actor.barred_from(one.id)]

    def _administered(self, actor: Actor, org: str) -> str:
        """The id of an organisation that the actor administers. Raises Forbidden."""
        if why := actor.barred_from(name_key(org)):
            raise Forbidden(why)
        found = [one for one in self._orgs_of(actor) if one.name.lower() == org.lower()]
        if not found or found[0].role != "admin":
            raise Forbidden("Only administrators of an organisation ask for access in its name.")
        return found[0].id

    def _demand_identity(self, reader: RepoReader, account_id: str) -> None:
        wanted, has = self.policy(reader).level, self.identities.level(account_id)
        if has < wanted:
            raise Forbidden(
                f"This gate asks who you are: it takes {NAMES[wanted]} (level {wanted}), and this hub knows of"
                f" {NAMES[has]}. See /settings/identity."
            )

    def _account(self, user: str) -> str:
        account = self._people.by_name(user)
        if account is None or account.kind != "user" or account.disabled:
            raise NotFound("User not found")
        return account.id

    def _request_of(self, writer: RepoWriter, user: str) -> str:
        request = self._gates.read.request(writer.repo.id, self._account(user))
        if request is None:
            raise NotFound(NO_REQUEST)
        return request.id


def _demand_reach(reader: RepoReader) -> None:
    """Raise Forbidden for a credential that the gate's owner has shut out: its holder asks with another."""
    if why := reader.actor.barred_from(reader.repo.owner_id):
        raise Forbidden(why)


def _ref(repo: Repo) -> GateRef:
    return GateRef(repo.id, repo.repo_id.path, repo.gated == "auto", state_of(repo))


def _may_decide(writer: RepoWriter) -> None:
    if writer.right < Right.WRITE:
        raise Forbidden("Only those who may write to this repository decide who is let in.")
