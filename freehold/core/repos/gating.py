"""Gates of repositories: what one asks, who asked, and who decides; a reader asks, a writer decides."""

from collections.abc import Iterator, Mapping
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
from freehold.core.accounts.gates.desk import NO_REQUEST, Gates
from freehold.core.accounts.gates.fetches import Fetch
from freehold.core.accounts.gates.gate import AccessRequest, GateRef, Policy, Standing, TermsVersion
from freehold.core.accounts.people import People
from freehold.core.repos.reader import ALWAYS_OPEN, RepoReader
from freehold.core.repos.repo import Repo
from freehold.core.repos.repos import Repos
from freehold.core.repos.writer import RepoAdmin, RepoWriter
from freehold.wire.cards import parse_card
from freehold.wire.gates.answers import check_answers
from freehold.wire.gates.receipts import ReceiptFile
from freehold.wire.gates.terms import Terms, read_terms

README = "README.md"
MAX_CARD = 4 << 20
OWN_LISTED = 500

CHANGED = "The terms have changed since you read them. Read them again, then send the form once more."


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to become of a request: its new status, with a reason for the person, or a purpose and an end."""

    status: str
    reason: str = ""
    purpose: str = ""
    days: int | None = None
    """None: as the gate's policy has it."""


class Gating:
    """Every gate, for those who hold a reader (to ask) or a writer (to decide)."""

    def __init__(self, repos: Repos, gates: Gates, people: People) -> None:
        self._repos = repos
        self._gates = gates
        self._people = people

    def terms(self, reader: RepoReader) -> Terms:
        """What the gate asks now, from the card on the main branch."""
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

    def ask(
        self, reader: RepoReader, given: Mapping[str, Any], *, shown: str | None = None, network: str = ""
    ) -> Standing:
        """Ask for access, and by that agree to the terms, of which `shown` is the hash that the person saw.

        `network` is where the person asks from, as far as the gate may know it. How they stand then is the answer;
        whoever is in, waits or was rejected changes nothing. Raises NotGated, Forbidden, Invalid, Stale.
        """
        gate = self._gate(reader)
        if not reader.actor.signed_in:
            raise Forbidden("Sign in to ask for access.")
        if not reader.actor.may_write:
            raise Forbidden("This token may only read: to agree to terms in your name takes one that may write.")
        if not reader.closed:
            return Standing.ACTIVE
        terms = self.terms(reader)
        if shown is not None and shown != terms.sha256:
            raise Stale(CHANGED)
        if terms.problem:
            raise Invalid(f"Nobody can ask for access until the owner has mended the card: {terms.problem}")
        if reader.standing in (Standing.PENDING, Standing.REJECTED, Standing.SUSPENDED):
            return reader.standing
        answers = check_answers(terms, given, network)
        return self._gates.ask(reader.actor, gate, self._seen(reader, terms), answers)

    def withdraw(self, reader: RepoReader) -> None:
        """Take back one's own request while nobody has decided. Raises NotFound."""
        if not reader.actor.signed_in or not reader.actor.may_write:
            raise Forbidden("Sign in with a token that may write to take back a request.")
        self._gates.withdraw(reader.actor, _ref(reader.repo))

    def own(self, reader: RepoReader) -> AccessRequest | None:
        """What the reader's actor has asked of this gate."""
        return self._gates.request(reader.repo.id, reader.actor.account_id)

    def mine(self, actor: Actor) -> list[tuple[Repo, AccessRequest]]:
        """What an actor has asked of all gates, for repositories that they may still see; the newest first."""
        found = []
        for request in self._gates.of_account(str(actor.account_id), OWN_LISTED):
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
        return self._gates.requests(writer.repo.id, status, after, limit, prefix)

    def counts(self, writer: RepoWriter) -> Mapping[str, int]:
        """How many requests there are of each status."""
        _may_decide(writer)
        return self._gates.counts(writer.repo.id)

    def export(self, writer: RepoWriter) -> list[AccessRequest]:
        """Every request with all answers, for a report; the audit says who took one."""
        _may_decide(writer)
        return self._gates.export(writer.actor, _ref(writer.repo))

    def decide(self, writer: RepoWriter, decision: Decision, *, user: str = "", request_id: str = "") -> None:
        """Decide on the request of a user, or with an id. Raises NotGated, NotFound, Invalid."""
        gate = self._decided_by(writer)
        found = request_id or self._request_of(writer, user)
        self._gates.handle(
            writer.actor, gate, found, decision.status, reason=decision.reason, purpose=decision.purpose,
            days=decision.days,
        )  # fmt: skip

    def let_in(self, writer: RepoWriter, user: str, *, purpose: str = "", days: int | None = None) -> None:
        """Give access to somebody, asked or not. Raises NotGated, NotFound for no such user, Invalid."""
        gate = self._decided_by(writer)
        account_id = self._account(user)
        terms = self._seen(writer, self.terms(writer))
        self._gates.let_in(writer.actor, gate, terms, account_id, purpose=purpose, days=days)

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

    def own_receipt(self, reader: RepoReader) -> ReceiptFile:
        """The receipt of the actor's newest grant, whatever became of it. Raises NotFound."""
        grant_id = self._gates.last_grant(reader.repo.id, reader.actor.account_id)
        return self._gates.receipt(reader.repo.id, grant_id)

    def receipt(self, writer: RepoWriter, grant_id: str) -> ReceiptFile:
        """The receipt of a grant of this repository. Raises NotFound."""
        _may_decide(writer)
        return self._gates.receipt(writer.repo.id, grant_id)

    @property
    def receipt_key(self) -> str:
        """The public key that verifies this hub's receipts, in base64."""
        return self._gates.public_key

    def policy(self, reader: RepoReader) -> Policy:
        """How the gate is kept."""
        return self._gates.policy(reader.repo.id)

    def set_policy(self, admin: RepoAdmin, policy: Policy) -> None:
        """Change how the gate is kept; the terms as they are now are what later ones are compared with."""
        self._seen(admin, self.terms(admin))
        self._gates.set_policy(admin.actor, _ref(admin.repo), policy)

    def version(self, reader: RepoReader) -> TermsVersion | None:
        """The newest version of the terms that somebody agreed to or was let in under."""
        return self._gates.terms(reader.repo.id)

    def landed(self, payload: Mapping[str, Any]) -> None:
        """The job `commit.landed {repo_id, …}`: keep the terms of a gate whose card may have changed."""
        try:
            reader = self._repos.by_row_id(SYSTEM, payload["repo_id"])
        except NotFound:
            return
        # Terms that nobody has met need no version yet: the first request makes it.
        if reader.repo.gated and self._gates.terms(reader.repo.id) is not None:
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

    def _account(self, user: str) -> str:
        account = self._people.by_name(user)
        if account is None or account.kind != "user" or account.disabled:
            raise NotFound("User not found")
        return account.id

    def _request_of(self, writer: RepoWriter, user: str) -> str:
        request = self._gates.request(writer.repo.id, self._account(user))
        if request is None:
            raise NotFound(NO_REQUEST)
        return request.id


def _ref(repo: Repo) -> GateRef:
    return GateRef(repo.id, repo.repo_id.path, repo.gated == "auto")


def _may_decide(writer: RepoWriter) -> None:
    if writer.right < Right.WRITE:
        raise Forbidden("Only those who may write to this repository decide who is let in.")
