"""Signing in, from what somebody shows to a session: the one place that knows when it is enough.

Each way proves something; `proven` then opens a session or, where the account has a second factor or the hub demands
one, goes half the way: a secret of its own, in a table of its own, that no other door knows.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from freehold.base.clock import Clock, now
from freehold.base.errors import BadCredentials, NotFound
from freehold.base.words import later
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.people import Account, People
from freehold.core.accounts.sessions import MINUTE, STRONG, Opened, Proof, Sessions
from freehold.core.accounts.signing_in import limits
from freehold.core.accounts.signing_in.addresses import name_by_email
from freehold.core.accounts.signing_in.attempts import Attempts
from freehold.core.accounts.signing_in.codes import Codes
from freehold.core.accounts.signing_in.limits import Visitor
from freehold.core.accounts.signing_in.passkeys import Party, Passkeys
from freehold.core.accounts.tokens import hash_of
from freehold.stores.db.database import Database

HALFWAY_LIFE = 10 * MINUTE
HALFWAY_TRIES = 5
OVER = later("Signing in took too long, or a code was wrong too often. Begin again.")


@dataclass(frozen=True, slots=True)
class Halfway:
    """One factor is proven, another is owed. `must_enrol`: there is none yet, and the hub demands one."""

    secret: str
    account_id: str
    name: str
    methods: Sequence[str]
    must_enrol: bool
    app: bool
    passkey: bool


class Directory(Protocol):
    """Knows people and their passwords elsewhere; `label` is what people call it, `issuer` what the hub calls it."""

    @property
    def label(self) -> str: ...

    @property
    def issuer(self) -> str: ...

    def account_of(self, said: str, password: str) -> str:
        """The id of the account that somebody comes in to. Raises BadCredentials, and NotReached if it is away."""

    def link(self, actor: Actor, said: str, password: str) -> None:
        """Let whoever is signed in come in by it from now on. Raises the same, and Conflict for somebody else's."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """The ways in. Each raises BadCredentials for what is not right, and TooMany for too much of it."""

    db: Database
    people: People
    sessions: Sessions
    attempts: Attempts
    codes: Codes
    passkeys: Passkeys
    clock: Clock = now
    directory: Directory | None = None

    def by_password(self, visitor: Visitor, said: str, password: str) -> Opened | Halfway:
        """By a name or a confirmed mail address, and the password."""
        counts = limits.for_password(visitor, said)
        self.attempts.begin(counts)
        account_id, method = self._known_by(said, password)
        # What one address tried on other names still counts.
        self.attempts.forget(counts[:2])
        return self.proven(account_id, [method], visitor)

    def link_directory(self, visitor: Visitor, actor: Actor, said: str, password: str) -> None:
        """Link somebody's account with theirs in the directory, by its password. Raises as the directory does."""
        if self.directory is None:
            raise NotFound("This hub asks no directory.")
        counts = limits.for_password(visitor, said)
        self.attempts.begin(counts)
        self.directory.link(actor, said, password)
        self.attempts.forget(counts[:2])

    def by_link(self, visitor: Visitor, secret: str) -> Opened | Halfway:
        """By a one-time link from the operator, which stands for the password only."""
        self.attempts.begin(limits.for_secret(visitor))
        return self.proven(self.sessions.take_link(secret), ["link"], visitor)

    def by_passkey(self, visitor: Visitor, party: Party, bound: str, answer: str) -> Opened | Halfway:
        """By a passkey alone: it is held, and knows its person, so it is both factors."""
        self.attempts.begin(limits.for_secret(visitor))
        return self.proven(self.passkeys.answered(party, bound, answer), ["passkey"], visitor)

    def proven(self, account_id: str, methods: Sequence[str], visitor: Visitor) -> Opened | Halfway:
        """Go on from a proof that was given elsewhere (`methods`, such as `oidc`)."""
        if STRONG.intersection(methods) or not (self.has_second(account_id) or self.sessions.demand_strong):
            return self.sessions.open(account_id, visitor.user_agent, methods=methods, address=visitor.address)
        secret, at = secrets.token_urlsafe(32), self.clock()
        with self.db.write() as tx:
            tx.run("DELETE FROM accounts_halfway WHERE expires_at <= :at", at=at)
            tx.run(
                "INSERT INTO accounts_halfway (hash, account_id, methods, created_at, expires_at)"
                " VALUES (:hash, :account, :methods, :at, :expires)",
                hash=hash_of(secret), account=account_id, methods=" ".join(methods), at=at, expires=at + HALFWAY_LIFE,
            )  # fmt: skip
        return self.halfway(secret)

    def has_second(self, account_id: str) -> bool:
        """Whether a password alone does not open the account."""
        return self.codes.has_app(account_id) or self.passkeys.has(account_id)

    def halfway(self, secret: str) -> Halfway:
        """Who has come half the way with this secret. Raises BadCredentials when that is over."""
        with self.db.read() as tx:
            row = tx.first(
                "SELECT h.account_id, h.methods, a.name FROM accounts_halfway h JOIN accounts_account a"
                " ON a.id = h.account_id WHERE h.hash = :hash AND h.expires_at > :at AND h.failures < :tries"
                " AND a.disabled = 0",
                hash=hash_of(secret),
                at=self.clock(),
                tries=HALFWAY_TRIES,
            )
        if row is None:
            raise BadCredentials(OVER)
        app, passkey = self.codes.has_app(row.account_id), self.passkeys.has(row.account_id)
        methods = row.methods.split()
        return Halfway(secret, row.account_id, row.name, methods, not (app or passkey), app, passkey)

    def second_by_code(self, visitor: Visitor, secret: str, code: str, *, recovery: bool = False) -> Opened:
        """The second half, by a code of the app or a recovery code."""
        half = self.halfway(secret)
        counts = limits.for_code(visitor, half.account_id)
        self.attempts.begin(counts)
        self._count_failure(secret)
        if recovery:
            self.codes.use_recovery(half.account_id, code)
        else:
            self.codes.check(half.account_id, code)
        self.attempts.forget(counts[:1])
        return self._finish(visitor, half, "recovery" if recovery else "totp")

    def second_by_passkey(self, visitor: Visitor, secret: str, party: Party, bound: str, answer: str) -> Opened:
        """The second half, by a passkey of the account."""
        half = self.halfway(secret)
        self.attempts.begin(limits.for_secret(visitor))
        self._count_failure(secret)
        self.passkeys.answered(party, bound, answer, half.account_id, second=True)
        return self._finish(visitor, half, "passkey")

    def enrolling(self, secret: str) -> Proof:
        """What lets somebody set up the first second factor, which this hub demands, before they are signed in."""
        half = self.halfway(secret)
        account = self._account(half.account_id)
        if not half.must_enrol:
            raise BadCredentials("You have a second factor already. Sign in with it.")
        return Proof(Actor(account.id, account.name, account.is_admin, may_write=True), account.id)

    def enrolled(self, visitor: Visitor, secret: str, code: str) -> Opened:
        """The first app is set up, with this code of it: come in."""
        proof, half = self.enrolling(secret), self.halfway(secret)
        self._count_failure(secret)
        self.confirm_app(visitor, proof, code)
        return self._finish(visitor, half, "totp")

    def confirm_app(self, visitor: Visitor, proof: Proof, code: str) -> None:
        """A new app has shown this code, so it counts from now on. Raises Invalid for a wrong one, and TooMany."""
        counts = limits.for_code(visitor, proof.account_id)
        self.attempts.begin(counts)
        self.codes.confirm_app(proof, code)
        self.attempts.forget(counts[:1])

    def _known_by(self, said: str, password: str) -> tuple[str, str]:
        """Whose password this is, and of which kind: a password of the hub goes first, and to nobody else.

        The directory is asked whether or not there is an account of that name: answers, and their time, are alike.
        """
        try:
            name = name_by_email(self.db, said) if "@" in said else said
            return self.people.check_password(name, password).id, "password"
        except BadCredentials:
            if self.directory is None:
                raise
        return self.directory.account_of(said, password), "ldap"

    def _finish(self, visitor: Visitor, half: Halfway, method: str) -> Opened:
        with self.db.write() as tx:
            if tx.run("DELETE FROM accounts_halfway WHERE hash = :hash", hash=hash_of(half.secret)).rowcount != 1:
                raise BadCredentials(OVER)
        methods = [*half.methods, method]
        return self.sessions.open(half.account_id, visitor.user_agent, methods=methods, address=visitor.address)

    def _count_failure(self, secret: str) -> None:
        """Before it is known, so that codes sent at once cannot all be tried; success deletes the row."""
        with self.db.write() as tx:
            sql = "UPDATE accounts_halfway SET failures = failures + 1 WHERE hash = :hash AND failures < :tries"
            if tx.run(sql, hash=hash_of(secret), tries=HALFWAY_TRIES).rowcount != 1:
                raise BadCredentials(OVER)

    def _account(self, account_id: str) -> Account:
        account = self.people.by_id(account_id)
        if account is None or account.disabled:
            raise BadCredentials(OVER)
        return account
