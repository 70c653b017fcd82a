"""Proving once more, in a session that is open, who one is: what changing a password or a factor asks for."""

from dataclasses import dataclass

from freehold.base.errors import BadCredentials
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.people import People, has_password
from freehold.core.accounts.signing_in import limits
from freehold.core.accounts.signing_in.limits import Visitor
from freehold.core.accounts.signing_in.passkeys import Party
from freehold.core.accounts.signing_in.signing_in import SignIn


@dataclass(frozen=True, slots=True)
class Ways:
    """By what an account's person can confirm; with none of them, by signing in anew."""

    password: bool
    app: bool
    passkey: bool


@dataclass(frozen=True, slots=True)
class Confirming:
    """Each way raises BadCredentials for what is not right, and TooMany for too much of it."""

    sign_in: SignIn
    people: People

    def ways(self, account_id: str) -> Ways:
        """What the account has."""
        password = has_password(self.sign_in.db, account_id)
        return Ways(password, self.sign_in.codes.has_app(account_id), self.sign_in.passkeys.has(account_id))

    def by_password(self, visitor: Visitor, session: str, password: str) -> None:
        """Confirm the session (its secret) by the password of its person."""
        actor = self._actor(session)
        counts = limits.for_password(visitor, actor.name)
        self.sign_in.attempts.begin(counts)
        try:
            self.people.check_password(actor.name, password)
        except BadCredentials:
            raise BadCredentials("The password is wrong.") from None
        self.sign_in.attempts.forget(counts[:2])
        self.sign_in.sessions.confirm(session, "password")

    def by_code(self, visitor: Visitor, session: str, code: str) -> None:
        """Confirm it by a code of the app."""
        account_id = self._actor(session).account_id or ""
        counts = limits.for_code(visitor, account_id)
        self.sign_in.attempts.begin(counts)
        self.sign_in.codes.check(account_id, code)
        self.sign_in.attempts.forget(counts[:1])
        self.sign_in.sessions.confirm(session, "totp")

    def by_passkey(self, visitor: Visitor, session: str, party: Party, bound: str, answer: str) -> None:
        """Confirm it by a passkey of its person."""
        account_id = self._actor(session).account_id or ""
        self.sign_in.attempts.begin(limits.for_secret(visitor))
        self.sign_in.passkeys.answered(party, bound, answer, account_id)
        self.sign_in.sessions.confirm(session, "passkey")

    def _actor(self, session: str) -> Actor:
        return self.sign_in.sessions.identify(session)
