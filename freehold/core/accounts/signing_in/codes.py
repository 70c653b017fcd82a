"""One-time codes of an authenticator app, and the recovery codes that stand in for a lost one."""

import secrets

from freehold.base.clock import Clock, now
from freehold.base.errors import BadCredentials, Conflict, Invalid
from freehold.base.words import later
from freehold.core.accounts.audit import record
from freehold.core.accounts.sealing import Sealer
from freehold.core.accounts.sessions import Proof
from freehold.core.accounts.signing_in.letters import Letters
from freehold.core.accounts.tokens import hash_of
from freehold.stores.db.database import Database, Transaction
from freehold.wire import totp

RECOVERY_CODES = 10
WRONG = later("This code is not right, or was used already. Wait for the next one and look at your device's clock.")
_RECOVERY_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # no letters that are mistaken for digits
_RECOVERY_LENGTH = 16  # 80 bits: a plain hash of it cannot be guessed back


class Codes:
    """Sets up, checks and removes both kinds of codes."""

    def __init__(self, db: Database, sealer: Sealer, letters: Letters, clock: Clock = now) -> None:
        self._db = db
        self._sealer = sealer
        self._letters = letters
        self._clock = clock

    def has_app(self, account_id: str) -> bool:
        """Whether the account's person must show codes of an app."""
        with self._db.read() as tx:
            sql = "SELECT 1 FROM accounts_totp WHERE account_id = :id AND confirmed_at IS NOT NULL"
            return tx.scalar(sql, id=account_id) is not None

    def recovery_left(self, account_id: str) -> int:
        """How many recovery codes are unused."""
        with self._db.read() as tx:
            return int(tx.scalar("SELECT COUNT(*) FROM accounts_recovery WHERE account_id = :id", id=account_id))

    def begin_app(self, proof: Proof) -> bytes:
        """The secret for a new app; it counts once a code of it was shown. The same as long as none was."""
        account_id = proof.account_id
        with self._db.write() as tx:
            tx.take_turn(f"totp:{account_id}")
            row = tx.first("SELECT secret, confirmed_at FROM accounts_totp WHERE account_id = :id", id=account_id)
            if row is not None and row.confirmed_at is not None:
                raise Conflict("You have an authenticator app already. Remove it, then add another.")
            if row is not None:
                return self._sealer.open(row.secret, _context(account_id))
            secret = secrets.token_bytes(totp.SECRET_BYTES)
            tx.run(
                "INSERT INTO accounts_totp (account_id, secret, created_at) VALUES (:id, :secret, :at)",
                id=account_id, secret=self._sealer.seal(secret, _context(account_id)), at=self._clock(),
            )  # fmt: skip
        return secret

    def confirm_app(self, proof: Proof, code: str) -> None:
        """The app is set up: it has shown this code. Raises Invalid for a wrong one."""
        with self._db.write() as tx:
            if not self._take(tx, proof.account_id, code, confirmed=False):
                raise Invalid(WRONG)
            tx.run(
                "UPDATE accounts_totp SET confirmed_at = :at WHERE account_id = :id",
                at=self._clock(),
                id=proof.account_id,
            )
            self._letters.tell(tx, proof.account_id, "totp")
            record(tx, proof.actor, "factor.add", proof.actor.name, factor="totp")

    def remove_app(self, proof: Proof) -> None:
        """Ask for no codes of an app any more."""
        with self._db.write() as tx:
            tx.run("DELETE FROM accounts_totp WHERE account_id = :id", id=proof.account_id)
            self._letters.tell(tx, proof.account_id, "no-totp")
            record(tx, proof.actor, "factor.remove", proof.actor.name, factor="totp")

    def check(self, account_id: str, code: str) -> None:
        """Take a code of the account's app; each counts once. Raises BadCredentials."""
        with self._db.write() as tx:
            if not self._take(tx, account_id, code, confirmed=True):
                raise BadCredentials(WRONG)

    def make_recovery(self, proof: Proof) -> list[str]:
        """New recovery codes in place of all older ones, shown here and never again."""
        codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
        at = self._clock()
        with self._db.write() as tx:
            tx.run("DELETE FROM accounts_recovery WHERE account_id = :id", id=proof.account_id)
            tx.many(
                "INSERT INTO accounts_recovery (hash, account_id, created_at) VALUES (:hash, :id, :at)",
                [{"hash": _recovery_hash(proof.account_id, code), "id": proof.account_id, "at": at} for code in codes],
            )
            self._letters.tell(tx, proof.account_id, "recovery")
            record(tx, proof.actor, "factor.add", proof.actor.name, factor="recovery")
        return codes

    def use_recovery(self, account_id: str, code: str) -> None:
        """Take a recovery code; each counts once. Raises BadCredentials."""
        with self._db.write() as tx:
            sql = "DELETE FROM accounts_recovery WHERE hash = :hash AND account_id = :id"
            if tx.run(sql, hash=_recovery_hash(account_id, code), id=account_id).rowcount != 1:
                raise BadCredentials("This recovery code is not right, or was used already.")

    def _take(self, tx: Transaction, account_id: str, code: str, *, confirmed: bool) -> bool:
        row = tx.first(
            "SELECT secret, last_step, confirmed_at FROM accounts_totp WHERE account_id = :id", id=account_id
        )
        if row is None or (row.confirmed_at is not None) is not confirmed:
            return False
        secret = self._sealer.open(row.secret, _context(account_id))
        step = totp.step_of(secret, code, self._clock() // 1_000_000, row.last_step)
        if step is None:
            return False
        sql = "UPDATE accounts_totp SET last_step = :step WHERE account_id = :id AND last_step < :step"
        return bool(tx.run(sql, step=step, id=account_id).rowcount == 1)


def _context(account_id: str) -> str:
    return f"totp:{account_id}"


def _recovery_code() -> str:
    letters = "".join(secrets.choice(_RECOVERY_ALPHABET) for _ in range(_RECOVERY_LENGTH))
    return "-".join(letters[at : at + 4] for at in range(0, _RECOVERY_LENGTH, 4))


def _recovery_hash(account_id: str, code: str) -> str:
    letters = "".join(letter for letter in code.lower() if letter.isalnum())
    return hash_of(f"recovery:{account_id}:{letters}")
