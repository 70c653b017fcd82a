"""How people come to have an account: by an invitation, or, where the hub is open to all, by a confirmed address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from freehold.base.errors import Conflict, Forbidden, Invalid
from freehold.base.words import later
from freehold.core.accounts.access import ROLES
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.blocked import demand_free_email
from freehold.core.accounts.describing import checked_full_name
from freehold.core.accounts.names import claim
from freehold.core.accounts.people import People, hash_password
from freehold.core.accounts.signing_in import limits
from freehold.core.accounts.signing_in.addresses import checked, holder_of
from freehold.core.accounts.signing_in.attempts import Attempts
from freehold.core.accounts.signing_in.letters import Letter, Letters
from freehold.core.accounts.signing_in.limits import Visitor
from freehold.core.accounts.signing_in.passwords import check_choice
from freehold.stores.db.database import Database, Transaction

Policy = Literal["closed", "invitation", "open"]
POLICIES: Sequence[Policy] = ("closed", "invitation", "open")


@dataclass(frozen=True, slots=True)
class Application:
    """What a newcomer says about themselves; `email` may be empty by invitation."""

    name: str
    full_name: str
    email: str
    password: str


NOTHING = Application("", "", "", "")
"""What a form says that nobody has filled in yet."""


@dataclass(frozen=True, slots=True)
class Joining:
    """Invitations and sign-ups, as the operator's `policy` has it."""

    db: Database
    people: People
    letters: Letters
    attempts: Attempts
    policy: Policy

    def invite(self, actor: Actor, email: str = "", orgs: Sequence[tuple[str, str]] = ()) -> str:
        """Invite somebody, by mail (then "" is returned) or by a secret that the caller hands over.

        `orgs` are (organisation, role) that the newcomer is to have. Only administrators may.
        """
        if not (actor.is_admin and actor.may_write):
            raise Forbidden("Only administrators of this hub may invite people.")
        if self.policy == "closed":
            raise Invalid("This hub is closed: set `sign_up` to invitation or open, or add people by `user add`.")
        for org, role in orgs:
            self._check_org(org, role)
        pairs = [list(pair) for pair in orgs]
        with self.db.write() as tx:
            record(tx, actor, "user.invite", "invitation", email=email, orgs=pairs)
            if not email:
                return self.letters.hand_over(tx, "invitation", orgs=pairs)
            self.letters.ask(tx, "invitation", email=checked(email), orgs=pairs)
        return ""

    def invitation(self, secret: str) -> Letter:
        """The invitation with this secret. Raises BadCredentials when it is over."""
        if self.policy == "closed":
            raise Forbidden(CLOSED)
        return self.letters.peek("invitation", secret)

    def accept(self, visitor: Visitor, secret: str, application: Application) -> str:
        """Make the invited account; its id. An address that the invitation was mailed to is confirmed by that."""
        self.attempts.begin(limits.for_secret(visitor))
        invited = self.invitation(secret)
        email = "" if invited.email or not application.email else checked(application.email)
        hashed = _checked_password(application, invited.email or email)
        with self.db.write() as tx:
            taken = self.letters.take(tx, "invitation", secret)
            if taken.email:
                _demand_unknown(tx, taken.email)
            account_id = self.people.enter(
                tx, application.name, full_name=_full_name(application), email=taken.email or None, password_hash=hashed
            )
            who = Actor(account_id, application.name)
            record(tx, who, "user.join", application.name, by="invitation", email=taken.email)
            for org, role in taken.detail.get("orgs", []):
                self.people.join(tx, org, application.name, role)
                record(tx, who, "org.member", org, user=application.name, role=role)
            if email:
                demand_free_email(tx, email)
                self.letters.ask(tx, "address", email=email, account_id=account_id)
        return account_id

    def apply(self, visitor: Visitor, application: Application) -> None:
        """Ask for an account; it is made when the mailed link is followed. The same for an address that is known."""
        if self.policy != "open":
            raise Forbidden(CLOSED)
        email = checked(application.email)
        self.attempts.begin(limits.for_letter(visitor, email))
        hashed = _checked_password(application, email)
        full_name = _full_name(application)
        with self.db.write() as tx:
            demand_free_email(tx, email)
            claim(tx, application.name)
            self.letters.ask(
                tx, "sign-up", email=email, name=application.name, full_name=full_name, password_hash=hashed
            )

    def applied(self, secret: str) -> Letter:
        """The application that this mailed secret confirms. Raises BadCredentials when it is over."""
        return self.letters.peek("sign-up", secret)

    def confirm(self, visitor: Visitor, secret: str) -> str:
        """Make the account that was applied for; its name. Raises Conflict if the name was taken meanwhile."""
        if self.policy != "open":
            raise Forbidden(CLOSED)
        self.attempts.begin(limits.for_secret(visitor))
        with self.db.write() as tx:
            letter = self.letters.take(tx, "sign-up", secret)
            _demand_unknown(tx, letter.email)
            detail: dict[str, Any] = dict(letter.detail)
            account_id = self.people.enter(
                tx, letter.name, full_name=detail["full_name"], email=letter.email,
                password_hash=detail["password_hash"],
            )  # fmt: skip
            record(tx, Actor(account_id, letter.name), "user.join", letter.name, by="sign-up", email=letter.email)
        return letter.name

    def _check_org(self, org: str, role: str) -> None:
        account = self.people.by_name(org)
        if account is None or account.kind != "org":
            raise Invalid(f"There is no organisation called {org!r}.")
        if role not in ROLES:
            raise Invalid(f"A role is one of {', '.join(ROLES)}; not {role!r}.")


CLOSED = later("This hub does not take sign-ups. Ask its operator for an account.")


def _demand_unknown(tx: Transaction, email: str) -> None:
    tx.take_turn(f"email:{email.lower()}")
    if holder_of(tx, email) is not None:
        raise Conflict("You have an account with this mail address already. Sign in, or set a new password.")


def _checked_password(application: Application, email: str) -> str:
    check_choice(application.password, application.name, email)
    return hash_password(application.password)


def _full_name(application: Application) -> str:
    return checked_full_name(application.full_name)
