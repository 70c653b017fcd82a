"""What people change about their own account: name, mail address, password, and its end."""

from dataclasses import dataclass

from freehold.base.clock import Clock, now
from freehold.base.errors import Conflict, Forbidden, Invalid
from freehold.base.words import later
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.blocked import demand_free_email
from freehold.core.accounts.describing import Words, write
from freehold.core.accounts.describing import checked as checked_words
from freehold.core.accounts.names import retire
from freehold.core.accounts.orgs.sources import demand_another_admin, depart
from freehold.core.accounts.people import hash_password
from freehold.core.accounts.sessions import Proof, forget_credentials, shut_out
from freehold.core.accounts.signing_in import limits
from freehold.core.accounts.signing_in.addresses import checked, holder_of
from freehold.core.accounts.signing_in.attempts import Attempts
from freehold.core.accounts.signing_in.letters import Letter, Letters
from freehold.core.accounts.signing_in.limits import Visitor
from freehold.core.accounts.signing_in.passwords import check_choice
from freehold.core.queue.queue import Queue
from freehold.stores.db.database import Database, Transaction

CLOSED = "account.closed"
"""The job `{account_id}` that lets go of what an account owned."""

BY_DIRECTORY = "ldap:"
"""What the issuer begins with of somebody whom a directory lets in."""
THEIRS = later("Your password is kept by the directory that you sign in by. Change it there.")


@dataclass(frozen=True, slots=True)
class Changing:
    """Changes by the person themselves; what changes how the account is entered takes a proof."""

    db: Database
    letters: Letters
    attempts: Attempts
    queue: Queue
    clock: Clock = now

    def describe(self, actor: Actor, account_id: str, words: Words) -> None:
        """Say who one is; the name in addresses stays. Raises Forbidden, Invalid."""
        if not actor.may_write or actor.account_id != account_id:
            raise Forbidden("You may change your own profile only, and not with a read token.")
        words = checked_words(words)
        with self.db.write() as tx:
            write(tx, account_id, words)
            record(tx, actor, "user.profile", actor.name)

    def change_password(self, proof: Proof, password: str) -> None:
        """Another password; every other session ends, and the account's person is told."""
        check_choice(password, proof.actor.name)
        hashed = hash_password(password)
        with self.db.write() as tx:
            self._keep_password(tx, proof.account_id, hashed)
            shut_out(tx, proof.account_id, but=proof.session)
            record(tx, proof.actor, "user.password", proof.actor.name)

    def ask_reset(self, visitor: Visitor, said: str) -> None:
        """Mail a link to whoever `said` names, if that is anybody. Takes as long, and says as much, if not."""
        self.attempts.begin(limits.for_letter(visitor, said))
        with self.db.write() as tx:
            self.letters.ask(tx, "reset", said=said.strip()[:300])

    def resetting(self, secret: str) -> Letter:
        """The reset with this secret. Raises BadCredentials when it is over."""
        return self.letters.peek("reset", secret)

    def reset(self, visitor: Visitor, secret: str, password: str) -> None:
        """Set the password by a mailed secret; every session ends, second factors stay."""
        self.attempts.begin(limits.for_secret(visitor))
        letter = self.resetting(secret)
        check_choice(password, letter.name)
        hashed = hash_password(password)
        with self.db.write() as tx:
            taken = self.letters.take(tx, "reset", secret)
            account_id = str(taken.account_id)
            self._keep_password(tx, account_id, hashed)
            shut_out(tx, account_id)
            record(tx, Actor(account_id, taken.name), "user.password", taken.name, by="mail")

    def ask_address(self, visitor: Visitor, proof: Proof, email: str) -> None:
        """Mail a link to a new address, which it becomes the account's by."""
        email = checked(email)
        self.attempts.begin(limits.for_letter(visitor, email))
        with self.db.write() as tx:
            demand_free_email(tx, email)
            self.letters.forget(tx, proof.account_id, "address")
            self.letters.ask(tx, "address", email=email, account_id=proof.account_id)

    def confirm_address(self, actor: Actor, secret: str) -> None:
        """The address is the account's, whose person is signed in. Raises BadCredentials, Forbidden, Conflict."""
        with self.db.write() as tx:
            letter = self.letters.take(tx, "address", secret)
            if letter.account_id != actor.account_id or not actor.may_write:
                raise Forbidden(f"This link is for {letter.name}. Sign in as {letter.name}, then follow it.")
            tx.take_turn(f"email:{letter.email.lower()}")
            if holder_of(tx, letter.email) not in (None, actor.account_id):
                raise Conflict("Another account has this mail address already.")
            before = tx.scalar("SELECT email FROM accounts_account WHERE id = :id", id=actor.account_id)
            tx.run("UPDATE accounts_account SET email = :email WHERE id = :id", email=letter.email, id=actor.account_id)
            # A link that waits at the old address must not open the account any more.
            self.letters.forget(tx, str(actor.account_id), "reset")
            if before:
                self.letters.tell(tx, str(actor.account_id), "address", email=before)
            record(tx, actor, "user.address", actor.name, email=letter.email)

    def give_address(self, actor: Actor, account_id: str, email: str) -> None:
        """Write down an address that an operator knows to be somebody's."""
        email = checked(email)
        _only_operators(actor)
        with self.db.write() as tx:
            tx.take_turn(f"email:{email.lower()}")
            if holder_of(tx, email) not in (None, account_id):
                raise Conflict("Another account has this mail address already.")
            tx.run("UPDATE accounts_account SET email = :email WHERE id = :id", email=email, id=account_id)
            self.letters.forget(tx, account_id, "reset", "address")
            record(tx, actor, "user.address", account_id, email=email)

    def remove_factors(self, actor: Actor, account_id: str) -> None:
        """Take every second factor off somebody who has lost them, and sign them out; an operator's decision."""
        _only_operators(actor)
        with self.db.write() as tx:
            for table in ("totp", "recovery", "passkey"):
                tx.run(f"DELETE FROM accounts_{table} WHERE account_id = :id", id=account_id)
            shut_out(tx, account_id)
            self.letters.tell(tx, account_id, "no-factors")
            record(tx, actor, "factor.remove", account_id, factor="all")

    def close(self, proof: Proof, typed: str) -> None:
        """End one's account: nothing opens it, nobody gets its name, and what it owns is deleted in the background."""
        if typed.strip() != proof.actor.name:
            raise Invalid(f"Type the name of your account, {proof.actor.name}, to delete it.")
        account_id = proof.account_id
        with self.db.write() as tx:
            self._demand_heirs(tx, account_id)
            self.letters.tell(tx, account_id, "closed")
            self.letters.forget(tx, account_id, "address", "reset")
            forget_credentials(tx, account_id)
            for column in ("follower_id", "followed_id"):
                tx.run(f"DELETE FROM accounts_follow WHERE {column} = :id", id=account_id)
            for org in tx.all("SELECT org_id FROM accounts_membership WHERE user_id = :id", id=account_id):
                depart(tx, org.org_id, account_id)
            tx.run("DELETE FROM accounts_invitation WHERE user_id = :id", id=account_id)
            tx.run(
                "UPDATE accounts_account SET disabled = 1, password_hash = NULL, email = NULL, full_name = '',"
                " about = '', website = '', is_admin = 0 WHERE id = :id",
                id=account_id,
            )
            retire(tx, proof.actor.name, account_id, self.clock(), "deleted")
            record(tx, proof.actor, "account.close", proof.actor.name)
            self.queue.enqueue(tx, CLOSED, {"account_id": account_id})

    def _keep_password(self, tx: Transaction, account_id: str, hashed: str) -> None:
        _demand_own_password(tx, account_id)
        tx.run("UPDATE accounts_account SET password_hash = :hash WHERE id = :id", hash=hashed, id=account_id)
        self.letters.forget(tx, account_id, "reset")
        self.letters.tell(tx, account_id, "password")

    def _demand_heirs(self, tx: Transaction, account_id: str) -> None:
        """Refuse where nobody could look after what stays."""
        others = "SELECT 1 FROM accounts_account WHERE is_admin = 1 AND disabled = 0 AND id <> :id"
        mine = tx.scalar("SELECT is_admin FROM accounts_account WHERE id = :id", id=account_id)
        if mine and tx.first(others, id=account_id) is None:
            raise Conflict("You are this hub's last administrator. Make somebody else one first.")
        orgs = tx.all(
            "SELECT o.id, o.name FROM accounts_membership m JOIN accounts_account o ON o.id = m.org_id"
            " WHERE m.user_id = :id ORDER BY o.id",
            id=account_id,
        )
        for org in orgs:
            tx.take_turn(f"members:{org.id}")
            try:
                demand_another_admin(tx, org.id, account_id)
            except Conflict:
                raise Conflict(
                    f"You are the only one who administers {org.name}. Give somebody else that role first."
                ) from None


def _only_operators(actor: Actor) -> None:
    if not (actor.is_admin and actor.may_write):
        raise Forbidden("Only administrators of this hub may do this.")


def _demand_own_password(tx: Transaction, account_id: str) -> None:
    """Raise Forbidden for somebody of a directory: a password here would outlast their place there."""
    theirs = tx.scalar(
        "SELECT 1 FROM accounts_sso_identity i JOIN accounts_account a ON a.id = i.account_id"
        " WHERE a.id = :id AND a.password_hash IS NULL AND substr(i.issuer, 1, :length) = :start",
        id=account_id, length=len(BY_DIRECTORY), start=BY_DIRECTORY,
    )  # fmt: skip
    if theirs is not None:
        raise Forbidden(THEIRS)
