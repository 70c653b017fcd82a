"""Gates of repositories: what one asks, who asked, and who decides; a reader asks, a writer decides."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from freehold.base.errors import Disabled, EntryNotFound, Forbidden, NotFound, RepoNotFound, TooLarge
from freehold.base.words import later
from freehold.core.accounts.access import Right
from freehold.core.accounts.actor import SYSTEM, Actor
from freehold.core.accounts.gates.fetches import Fetch
from freehold.core.accounts.gates.gate import AccessRequest, GateRef
from freehold.core.accounts.gates.registry import Held
from freehold.core.accounts.identity import Identities
from freehold.core.repos.gate_door import Asks, Books, Door
from freehold.core.repos.gate_groups import GateGroups
from freehold.core.repos.gate_keeper import GateAdmin, Keeper
from freehold.core.repos.reader import ALWAYS_OPEN, RepoReader
from freehold.core.repos.repo import Repo
from freehold.core.repos.repos import Repos
from freehold.core.repos.telling import state_of
from freehold.core.repos.writer import RepoAdmin, RepoWriter
from freehold.wire.cards import parse_card
from freehold.wire.gates.receipts import ReceiptFile
from freehold.wire.gates.terms import Terms, read_terms

README = "README.md"
MAX_CARD = 4 << 20
OWN_LISTED = 500
TIDIED_EVERY_S = 3600


class Gating:
    """Every gate, for those who hold a reader (to ask) or a writer (to decide)."""

    def __init__(self, repos: Repos, books: Books, groups: GateGroups) -> None:
        self._repos = repos
        self._books = books
        self.groups = groups

    @property
    def identities(self) -> Identities:
        """What the hub knows of who people are."""
        return self._books.identities

    def door(self, reader: RepoReader) -> Door:
        """The gate of a repository, for whoever may see that it is there."""
        return Door(self._books, reader.actor, _ref(reader.repo), reader.closed, partial(self._asks, reader))

    def keeper(self, writer: RepoWriter) -> Keeper:
        """The same for those who decide there. Raises Forbidden."""
        _may_decide(writer)
        return Keeper(self._books, writer.actor, _ref(writer.repo), partial(self._asks, writer))

    def admin(self, admin: RepoAdmin) -> GateAdmin:
        """The same for those who may also change how it is kept."""
        return GateAdmin(self._books, admin.actor, _ref(admin.repo), partial(self._asks, admin))

    def terms(self, reader: RepoReader) -> Terms:
        """What the gate asks now, from the card on the main branch."""
        reader = reader.opened()  # what is asked must be readable, also where the card is not
        try:
            content = reader.open_bytes("main", README, MAX_CARD)
        except TooLarge:
            return Terms(problem=later("The card is too long to be read."))
        except EntryNotFound:
            content = b""
        card = parse_card(content)
        licences = [] if reader.revision().commit is None else reader.paths("main", sorted(ALWAYS_OPEN))
        named = next((entry.oid for entry in licences if entry.path.startswith("LICENSE")), "")
        terms = read_terms(card.data, named)
        return Terms(licence_file=named, problem=card.problem) if card.problem else terms

    def mine(self, actor: Actor) -> list[tuple[GateRef, AccessRequest]]:
        """What an actor has asked of all gates, for repositories that they may still see; the newest first."""
        found = []
        for request in self._books.gates.read.of_account(actor, OWN_LISTED):
            with suppress(RepoNotFound, Disabled):
                gate = self.groups.by_id(request.repo_id) or _ref(self._repos.by_row_id(actor, request.repo_id).repo)
                found.append((gate, request))
        return found

    def held(self, actor: Actor) -> Sequence[Held]:
        """Every grant that an actor has or had, of repositories that are gone too, the newest first."""
        return self._books.gates.read.held(actor, OWN_LISTED)

    def given(self, actor: Actor) -> Iterator[ReceiptFile]:
        """Every receipt of access that was given to repositories of the actor, or of organisations they administer."""
        return self._books.gates.read.given(actor)

    def own_fetched(self, actor: Actor, grant_id: str) -> Iterator[Fetch]:
        """What an actor fetched under a grant; who administers the organisation that holds it sees everybody's."""
        return self._repos.fetches.of_grant(grant_id, actor)

    def side_receipt(self, actor: Actor, grant_id: str) -> ReceiptFile:
        """A receipt for either of its two sides, also when the repository is gone. Raises NotFound."""
        return self._books.gates.read.receipt_for(actor, grant_id)

    def say_deleted(self, actor: Actor, grant_id: str) -> None:
        """Say that what was fetched under a grant that has ended is deleted. Raises NotFound."""
        if not actor.may_write:
            raise Forbidden("Sign in with a token that may write to say this.")
        known = next((one for one in self.held(actor) if one.id == grant_id), None)
        if known is None:
            raise NotFound("You had no such access.")
        self._books.gates.say_deleted(actor, self._ref_of(known.repo_id, known.path), grant_id)

    @property
    def receipt_key(self) -> str:
        """The public key that verifies this hub's receipts, in base64."""
        return self._books.gates.public_key

    def tidy(self, _payload: Mapping[str, Any]) -> None:
        """The chore `gates.tidy`: end what is over, let lapse what nobody decided on, delete answers in time."""
        for repo_id in self._books.gates.overdue():
            self._books.gates.tidy(self._ref_of(repo_id, repo_id))
        while self._books.gates.answers.purge():
            pass

    def landed(self, payload: Mapping[str, Any]) -> None:
        """The job `commit.landed {repo_id, …}`: keep the terms of a gate whose card may have changed."""
        try:
            reader = self._repos.by_row_id(SYSTEM, payload["repo_id"])
        except NotFound:
            return
        # Terms that nobody has met need no version yet: the first request makes it.
        if reader.repo.gated and self._books.gates.read.terms(reader.repo.id) is not None:
            asks = self._asks(reader)
            self._books.gates.keep_terms(SYSTEM, _ref(reader.repo), asks.terms, asks.commit)

    def _asks(self, reader: RepoReader) -> Asks:
        return Asks(self.terms(reader), reader.revision().commit or "")

    def _ref_of(self, repo_id: str, path: str) -> GateRef:
        """The gate of a repository or group that may be gone."""
        try:
            return self.groups.by_id(repo_id) or _ref(self._repos.by_row_id(SYSTEM, repo_id).repo)
        except NotFound:
            return GateRef(repo_id, path, automatic=False)


def _demand_reach(reader: RepoReader) -> None:
    """Raise Forbidden for a credential that the gate's owner has shut out: its holder asks with another."""
    if why := reader.actor.barred_from(reader.repo.owner_id):
        raise Forbidden(why)


def _ref(repo: Repo) -> GateRef:
    return GateRef(repo.id, repo.repo_id.path, repo.gated == "auto", state_of(repo), shut=bool(repo.gated))


def _may_decide(writer: RepoWriter) -> None:
    if writer.right < Right.WRITE:
        raise Forbidden("Only those who may write to this repository decide who is let in.")
