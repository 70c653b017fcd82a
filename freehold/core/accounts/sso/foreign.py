"""Who somebody from another provider is here: found, linked, or made; and what their groups give them."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from freehold.base.clock import Clock, now
from freehold.base.errors import BadCredentials, Conflict, Forbidden, InvalidName, NotFound
from freehold.base.words import later
from freehold.core.accounts.actor import SYSTEM, Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.orgs.sources import give, given_by
from freehold.core.accounts.people import Account, People
from freehold.core.accounts.signing_in.addresses import holder_of
from freehold.core.accounts.sso.policy import Admission, verified_email
from freehold.stores.db.database import Database, Transaction
from freehold.wire.oauth.jose import Claims

SHUT = later("Your account here is shut. Ask the operator of this hub.")


@dataclass(frozen=True, slots=True)
class ForeignAccount:
    """One account at another provider that lets its person in."""

    issuer: str
    subject: str
    label: str
    created_at: int
    used_at: int


class ForeignAccounts:
    """The register of accounts at other providers."""

    def __init__(self, db: Database, people: People, clock: Clock = now) -> None:
        self._db = db
        self._people = people
        self._clock = clock

    def come_in(self, policy: Admission, claims: Claims) -> str:
        """The id of the account that somebody comes in to, made where the policy says so. Raises BadCredentials.

        Known by issuer and subject alone: names and mail addresses change hands. Only a policy that trusts the
        provider's addresses links an account that has confirmed the same one.
        """
        policy.admit(claims)
        account_id = self._known(policy, claims) or self._by_email(policy, claims) or self._make(policy, claims)
        account = self._people.by_id(account_id)
        if account is None or account.disabled:
            raise BadCredentials(SHUT)
        self._note(policy, claims, account)
        self._follow_groups(policy, claims, account)
        return account_id

    def link(self, actor: Actor, policy: Admission, claims: Claims) -> None:
        """Let whoever is signed in come in by this account at the provider from now on. Raises Conflict."""
        if actor.account_id is None or actor.token_id is not None:
            raise Forbidden("Sign in with the browser first, then link.")
        policy.admit(claims)
        if self._known(policy, claims) not in {None, actor.account_id}:
            raise Conflict(
                f"Somebody else's account here belongs to this account at {policy.label}. Nothing was linked."
            )
        account = self._people.by_id(actor.account_id)
        if account is None:
            raise Forbidden(SHUT)
        self._note(policy, claims, account)
        self._follow_groups(policy, claims, account)

    def unlink(self, actor: Actor, issuer: str, subject: str) -> None:
        """Let nobody come in by it any more. Raises NotFound, and Conflict where nothing else would let them in."""
        if actor.account_id is None or actor.token_id is not None:
            raise Forbidden("Sign in with the browser first.")
        with self._db.write() as tx:
            gone = tx.run(
                "DELETE FROM accounts_sso_identity WHERE issuer = :issuer AND subject = :subject AND account_id = :id",
                issuer=issuer, subject=subject, id=actor.account_id,
            )  # fmt: skip
            if gone.rowcount == 0:
                raise NotFound("You have linked no such account.")
            if not _way_in(tx, actor.account_id):
                raise Conflict("This is the only way into your account. Set a password or add a passkey first.")
            record(tx, actor, "sso.unlink", actor.name, issuer=issuer)

    def list(self, account_id: str) -> Sequence[ForeignAccount]:
        """What an account is linked with, the oldest first."""
        with self._db.read() as tx:
            rows = tx.all(
                "SELECT issuer, subject, label, created_at, used_at FROM accounts_sso_identity"
                " WHERE account_id = :id ORDER BY created_at, subject",
                id=account_id,
            )
        return [ForeignAccount(*row) for row in rows]

    def _known(self, policy: Admission, claims: Claims) -> str | None:
        with self._db.read() as tx:
            found: str | None = tx.scalar(
                "SELECT account_id FROM accounts_sso_identity WHERE issuer = :issuer AND subject = :subject",
                issuer=policy.issuer, subject=subject_of(claims),
            )  # fmt: skip
        return found

    def _by_email(self, policy: Admission, claims: Claims) -> str | None:
        email = verified_email(claims)
        if not policy.link_by_email or not email:
            return None
        with self._db.read() as tx:
            return holder_of(tx, email)

    def _make(self, policy: Admission, claims: Claims) -> str:
        if not policy.create:
            raise BadCredentials(
                f"{policy.label} says who you are, but you have no account here. Sign in here as you always do and link"
                f" {policy.label} under Settings, or ask the operator of this hub."
            )
        full_name = claims.get("name")
        full_name = full_name[:100] if isinstance(full_name, str) and full_name.isprintable() else ""
        for name in policy.names(claims):
            try:
                account = self._people.add_user(SYSTEM, name, full_name=full_name)
            except (Conflict, InvalidName):
                continue
            return account.id
        raise BadCredentials(
            f"What {policy.label} calls you cannot be the name of an account here, or is the name of somebody else's."
            " Ask the operator of this hub."
        )

    def _note(self, policy: Admission, claims: Claims, account: Account) -> None:
        """Remember the identity; with its first use the address that the provider has verified, if none is here."""
        at, subject = self._clock(), subject_of(claims)
        email = verified_email(claims)
        label = email or str(claims.get("preferred_username") or subject)
        with self._db.write() as tx:
            used = tx.run(
                "UPDATE accounts_sso_identity SET used_at = :at, label = :label"
                " WHERE issuer = :issuer AND subject = :subject AND account_id = :id",
                at=at, label=label[:200], issuer=policy.issuer, subject=subject, id=account.id,
            )  # fmt: skip
            if used.rowcount:
                return
            tx.run(
                "INSERT INTO accounts_sso_identity (issuer, subject, account_id, label, created_at, used_at)"
                " VALUES (:issuer, :subject, :id, :label, :at, :at)",
                issuer=policy.issuer, subject=subject, id=account.id, label=label[:200], at=at,
            )  # fmt: skip
            if email and account.email is None and holder_of(tx, email) is None:
                tx.run("UPDATE accounts_account SET email = :email WHERE id = :id", email=email, id=account.id)
            record(tx, Actor(account.id, account.name), "sso.link", account.name, issuer=policy.issuer)

    def _follow_groups(self, policy: Admission, claims: Claims, account: Account) -> None:
        """Give and take the provider's part of memberships; what others gave is left alone (`orgs/sources`)."""
        wanted: dict[str, tuple[str, str | None]] = {}
        for name, role in policy.roles(claims).items():
            org = self._people.by_name(name)
            if org is not None and org.kind == "org":
                wanted[org.id] = (org.name, role)
        with self._db.read() as tx:
            over = given_by(tx, policy.issuer, account.id) - wanted.keys()
        wanted |= {org_id: (name, None) for org_id, name in self._people.names(over).items()}
        for org_id, (name, role) in sorted(wanted.items()):
            with suppress(Conflict), self._db.write() as tx:  # an organisation's last administrator stays
                if give(tx, org_id, account.id, source=policy.issuer, role=role, at=self._clock()):
                    record(tx, SYSTEM, "org.member", name, user=account.name, role=role)


def _way_in(tx: Transaction, account_id: str) -> bool:
    """Whether somebody has a password here, a passkey, or another account elsewhere that is linked."""
    found = tx.scalar(
        "SELECT 1 FROM accounts_account a WHERE a.id = :id AND (a.password_hash IS NOT NULL"
        " OR EXISTS (SELECT 1 FROM accounts_passkey p WHERE p.account_id = a.id)"
        " OR EXISTS (SELECT 1 FROM accounts_sso_identity i WHERE i.account_id = a.id))",
        id=account_id,
    )
    return found is not None


def subject_of(claims: Claims) -> str:
    """Who somebody is to their provider. Raises BadCredentials."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise BadCredentials("The provider does not say who you are.")
    return subject
