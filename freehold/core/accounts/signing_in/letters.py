"""Letters: what is mailed to people about their accounts, and the one-time secrets of the links in them.

A letter is a row and a job, written with what it is about; its secret is made when it is sent, so that nothing waits
in the database that would open anything. Whether a letter has a recipient at all is looked up then too: whoever asks
for one learns nothing from the answer, nor from how long it takes.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from freehold.base.clock import Clock, now
from freehold.base.errors import BadCredentials
from freehold.base.ids import new_id
from freehold.base.words import later
from freehold.core.accounts.names import name_key
from freehold.core.accounts.sessions import DAY, MINUTE
from freehold.core.accounts.signing_in.addresses import holder_of
from freehold.core.accounts.tokens import hash_of
from freehold.core.queue.queue import Queue
from freehold.stores.db.database import Database, Transaction

SEND = "account.letter"
"""The job `{letter_id}` that sends one."""

Kind = Literal["sign-up", "invitation", "address", "reset", "told"]
LIFE: Mapping[Kind, int] = {
    "sign-up": DAY, "invitation": 7 * DAY, "address": DAY, "reset": 30 * MINUTE, "told": DAY,
}  # fmt: skip
OVER = later("This link was used already, or is too old. Ask for a new one.")


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter: `email` is where it goes, `name` whose account it is about; `detail` depends on `kind`."""

    id: str
    kind: str
    account_id: str | None
    email: str
    name: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ready:
    """A letter to send now; `secret` goes into its link and is kept as a hash. `kind` may be "taken" as well."""

    letter: Letter
    kind: str
    secret: str = ""


class Letters:
    """Writes, sends and redeems letters."""

    def __init__(self, db: Database, queue: Queue, clock: Clock = now) -> None:
        self._db = db
        self._queue = queue
        self._clock = clock

    def ask(
        self, tx: Transaction, kind: Kind, *, email: str = "", account_id: str | None = None, **detail: Any
    ) -> None:
        """Have a letter sent, if and only if `tx` commits."""
        letter_id = self._insert(tx, kind, detail, email=email, account_id=account_id)
        self._queue.enqueue(tx, SEND, {"letter_id": letter_id})

    def hand_over(self, tx: Transaction, kind: Kind, **detail: Any) -> str:
        """A secret such as a letter's link holds, for somebody who brings it themselves."""
        secret = secrets.token_urlsafe(32)
        self._insert(tx, kind, detail, hash=hash_of(secret))
        return secret

    def tell(self, tx: Transaction, account_id: str, what: str, email: str | None = None) -> None:
        """Tell an account's person that `what` changed, at the address of this moment (or at `email`, an older one)."""
        if email is None:
            email = tx.scalar("SELECT email FROM accounts_account WHERE id = :id", id=account_id)
        if email:
            self.ask(tx, "told", email=email, account_id=account_id, what=what)

    def ready(self, letter_id: str) -> Ready | None:
        """What to send for a letter, with a fresh secret; None if it has no recipient, or is over."""
        with self._db.write() as tx:
            row = tx.first(
                "SELECT * FROM accounts_letter WHERE id = :id AND expires_at > :at", id=letter_id, at=self._clock()
            )
            letter = None if row is None else self._addressed(tx, row)
            if letter is None or letter.kind == "told":
                return None if letter is None else Ready(letter, "told")
            if letter.kind == "sign-up" and holder_of(tx, letter.email) is not None:
                return Ready(letter, "taken")
            secret = secrets.token_urlsafe(32)
            sql = "UPDATE accounts_letter SET hash = :hash, account_id = :account WHERE id = :id"
            tx.run(sql, hash=hash_of(secret), account=letter.account_id, id=letter.id)
        return Ready(letter, letter.kind, secret)

    def peek(self, kind: Kind, secret: str) -> Letter:
        """The letter with this secret, unused. Raises BadCredentials when it is over."""
        with self._db.read() as tx:
            return self._found(tx, kind, secret)

    def take(self, tx: Transaction, kind: Kind, secret: str) -> Letter:
        """Use up the letter with this secret: nobody else gets it, and nobody twice. Raises BadCredentials."""
        letter = self._found(tx, kind, secret)
        if tx.run("DELETE FROM accounts_letter WHERE id = :id", id=letter.id).rowcount != 1:
            raise BadCredentials(OVER)
        return letter

    def forget(self, tx: Transaction, account_id: str, *kinds: Kind) -> None:
        """Make the account's links of these kinds worthless."""
        for kind in kinds:
            tx.run("DELETE FROM accounts_letter WHERE account_id = :id AND kind = :kind", id=account_id, kind=kind)

    def waiting(self, account_id: str) -> str:
        """The address that the account's person has yet to confirm; empty if there is none."""
        with self._db.read() as tx:
            sql = (
                "SELECT email FROM accounts_letter WHERE account_id = :id AND kind = 'address' AND expires_at > :at"
                " ORDER BY created_at DESC, id DESC LIMIT 1"
            )
            return str(tx.scalar(sql, id=account_id, at=self._clock()) or "")

    def trim(self) -> None:
        """Let go of what is over."""
        with self._db.write() as tx:
            tx.run("DELETE FROM accounts_letter WHERE expires_at <= :at", at=self._clock())

    def _insert(self, tx: Transaction, kind: Kind, detail: Mapping[str, Any], **known: str | None) -> str:
        letter_id, at = new_id(), self._clock()
        tx.run(
            "INSERT INTO accounts_letter (id, kind, account_id, email, detail, hash, created_at, expires_at)"
            " VALUES (:id, :kind, :account, :email, :detail, :hash, :at, :expires)",
            id=letter_id, kind=kind, account=known.get("account_id"), email=known.get("email", ""),
            detail=json.dumps(detail), hash=known.get("hash"), at=at, expires=at + LIFE[kind],
        )  # fmt: skip
        return letter_id

    def _found(self, tx: Transaction, kind: Kind, secret: str) -> Letter:
        row = tx.first(
            "SELECT * FROM accounts_letter WHERE hash = :hash AND kind = :kind AND expires_at > :at",
            hash=hash_of(secret),
            kind=kind,
            at=self._clock(),
        )
        if row is None:
            raise BadCredentials(OVER)
        return _letter(row, self._name(tx, row))

    def _addressed(self, tx: Transaction, row: Any) -> Letter | None:
        """The letter with its recipient, whom a reset has to look up by what was said."""
        if row.kind != "reset":
            return _letter(row, self._name(tx, row))
        said = json.loads(row.detail)["said"]
        account = tx.first(
            "SELECT id, name, email FROM accounts_account WHERE kind = 'user' AND disabled = 0 AND email IS NOT NULL"
            " AND (name_key = :name OR lower(email) = :email)",
            name=name_key(said),
            email=said.lower(),
        )
        if account is None:
            return None
        return Letter(row.id, row.kind, account.id, account.email, account.name, {})

    def _name(self, tx: Transaction, row: Any) -> str:
        if row.account_id is None:
            return str(json.loads(row.detail).get("name", ""))
        return str(tx.scalar("SELECT name FROM accounts_account WHERE id = :id", id=row.account_id) or "")


def _letter(row: Any, name: str) -> Letter:
    return Letter(row.id, row.kind, row.account_id, row.email, name, json.loads(row.detail))
