"""Access tokens: shown once, kept as a hash, recognised by a checksum before the database is asked."""

import hashlib
import re
import secrets
import string
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from freehold.base.clock import Clock, now
from freehold.base.errors import BadCredentials, Forbidden, Invalid, NotFound
from freehold.base.ids import new_id
from freehold.base.words import later
from freehold.core.accounts.actor import Actor, Barred
from freehold.core.accounts.audit import record
from freehold.core.accounts.barring import CREDENTIAL, DAY_US, barred
from freehold.core.accounts.made import with_made
from freehold.core.accounts.scope import Scope, decode, encode
from freehold.stores.db.database import Database, Row, Transaction

ROLES = ("read", "write")
NARROW = "fineGrained"
"""The role of a token that has a scope."""

GRACE_US = DAY_US
"""How long the former secret of a rotated token works still."""

INVALID = later("Invalid credentials in Authorization header")
"""The words by which clients tell a bad token from a missing repository."""

_ALPHABET = string.digits + string.ascii_letters
_RANDOM = 34
_CHECK = 6
_FORM = re.compile(rf"hf_[0-9A-Za-z]{{{_RANDOM + _CHECK}}}", re.ASCII)
_COLUMNS = (
    "t.id, t.account_id, t.name, t.role, t.hint, t.created_at, t.last_used_at, t.expires_at, t.scope, t.old_until"
)
_USED_EVERY = 3600 * 1_000_000  # a token's last use is noted at most once an hour: reading must not write


_SHOWN = (
    f"SELECT t.id, t.role, t.created_at, t.last_used_at, t.expires_at, t.scope, t.grant_id, {CREDENTIAL} AS credential,"
    " a.id AS account_id, a.name, a.is_admin, a.service_of"
    " FROM accounts_token t JOIN accounts_account a ON a.id = t.account_id"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A token as its owner may see it: never the secret itself, only its last four characters in `hint`."""

    id: str
    account_id: str
    name: str
    role: str
    hint: str
    created_at: int
    last_used_at: int | None
    expires_at: int | None
    scope: Scope | None = None
    old_until: int | None = None
    """When the secret before the last rotation stops working; None: there is none."""


@dataclass(frozen=True, slots=True)
class Leaked:
    """A token that somebody handed in as leaked, and that is revoked by that."""

    token: Token
    account_name: str


@dataclass(frozen=True, slots=True)
class _Found:
    """A token's row, and what else decides how far it reaches."""

    row: Row
    barred: tuple[Barred, ...]
    scope: Scope | None


def make_secret() -> str:
    """`hf_`, 34 random characters, and 6 of a CRC-32 in base 62, so that leaked tokens are found and typos refused."""
    body = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM))
    return f"hf_{body}{_checksum(body)}"


def is_well_formed(secret: str) -> bool:
    """Whether the form and the checksum are right; says nothing about whether the token exists."""
    return _FORM.fullmatch(secret) is not None and _checksum(secret[3:-_CHECK]) == secret[-_CHECK:]


def hash_of(secret: str) -> str:
    """What is kept of a secret. Secrets are long and random, so a plain SHA-256 cannot be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _checksum(body: str) -> str:
    value = zlib.crc32(body.encode())
    digits = ""
    for _ in range(_CHECK):
        value, digit = divmod(value, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits


class Tokens:
    """The register of access tokens."""

    def __init__(self, db: Database, clock: Clock = now) -> None:
        self._db = db
        self._clock = clock

    def add(
        self,
        actor: Actor,
        account_id: str,
        name: str,
        role: str,
        *,
        expires_at: int | None = None,
        scope: Scope | None = None,
    ) -> tuple[Token, str]:
        """Make a token; the secret is returned here and never again. The account itself or an administrator may.

        `role` is read, write, or NARROW with a `scope`; `expires_at` is in microseconds. Raises Invalid, Forbidden.
        """
        self._may_manage(actor, account_id)
        if role not in (*ROLES, NARROW) or (role == NARROW) is (scope is None):
            raise Invalid(f"A token's role is one of {', '.join(ROLES)}, or {NARROW} with a scope; not {role!r}.")
        if not name.strip() or len(name) > 100:
            raise Invalid("A token needs a name of at most 100 characters, so that you recognise it later.")
        if expires_at is not None and expires_at <= self._clock():
            raise Invalid("A token must expire in the future.")
        if scope is not None:
            scope.check()
        secret = make_secret()
        token = Token(new_id(), account_id, name.strip(), role, secret[-4:], self._clock(), None, expires_at, scope)
        with self._db.write() as tx:
            if not tx.scalar("SELECT 1 FROM accounts_account WHERE id = :id AND kind <> 'org'", id=account_id):
                raise NotFound("Tokens belong to people, and there is no such person.")
            tx.run(
                "INSERT INTO accounts_token (id, account_id, name, role, hash, hint, created_at, expires_at, scope)"
                " VALUES (:id, :account, :name, :role, :hash, :hint, :at, :expires, :scope)",
                id=token.id,
                account=account_id,
                name=token.name,
                role=role,
                hash=hash_of(secret),
                hint=token.hint,
                at=token.created_at,
                expires=expires_at,
                scope=None if scope is None else encode(scope),
            )
            record(tx, actor, "token.add", account_id, token=token.id, role=role)
        return token, secret

    def identify(self, secret: str) -> Actor:
        """The actor that a token stands for; BadCredentials if it is malformed, unknown, revoked or expired."""
        if not is_well_formed(secret):
            raise BadCredentials(INVALID)
        hashed = hash_of(secret)
        found = self._find("t.hash = :value", hashed)
        # Only a secret that is no token's present one may be the former one of a token that was rotated.
        return self._actor(found or self._find("t.old_hash = :value AND t.old_until > :at", hashed))

    def actor_of(self, token_id: str) -> Actor:
        """The actor of a token that was shown before, when a link was made; BadCredentials if it is no longer valid."""
        return self._actor(self._find("t.id = :value", token_id))

    def _find(self, condition: str, value: str) -> _Found | None:
        at = {"at": self._clock()} if ":at" in condition else {}
        with self._db.read() as tx:
            row = tx.first(f"{_SHOWN} WHERE {condition} AND a.disabled = 0", value=value, **at)
            if row is None:
                return None
            scope = None if row.scope is None else with_made(tx, row, decode(row.scope))
            return _Found(row, barred(tx, row), scope)

    def _actor(self, found: _Found | None) -> Actor:
        if found is None:
            raise BadCredentials(INVALID)
        row, shut_out, at = found.row, found.barred, self._clock()
        if row.expires_at is not None and row.expires_at <= at:
            raise BadCredentials(INVALID)
        if row.last_used_at is None or row.last_used_at < at - _USED_EVERY:
            with self._db.write() as tx:
                tx.run("UPDATE accounts_token SET last_used_at = :at WHERE id = :id", at=at, id=row.id)
        if found.scope is not None:
            return Actor(row.account_id, row.name, token_id=row.id, scope=found.scope, barred=shut_out)
        # Administrators of the hub reach everything by no membership, so no organisation's word ends that.
        shut_out = () if row.is_admin else shut_out
        return Actor(row.account_id, row.name, bool(row.is_admin), row.role == "write", row.id, barred=shut_out)

    def list(self, account_id: str) -> Sequence[Token]:
        """The tokens that an account made, newest first; what applications were given is listed with them."""
        with self._db.read() as tx:
            rows = tx.all(
                f"SELECT {_COLUMNS} FROM accounts_token t WHERE t.account_id = :account AND t.grant_id IS NULL"
                " ORDER BY t.created_at DESC, t.id DESC",
                account=account_id,
            )
        return [_token(row) for row in rows]

    def by_id(self, token_id: str) -> Token | None:
        """One token."""
        with self._db.read() as tx:
            row = tx.first(f"SELECT {_COLUMNS} FROM accounts_token t WHERE t.id = :id", id=token_id)
        return None if row is None else _token(row)

    def rotate(self, actor: Actor, account_id: str, token_id: str, *, grace_us: int = GRACE_US) -> tuple[Token, str]:
        """Give a token a new secret, which is returned here and never again; the old one works until the grace ends."""
        self._may_manage(actor, account_id)
        secret, until = make_secret(), self._clock() + grace_us
        with self._db.write() as tx:
            changed = tx.run(
                "UPDATE accounts_token SET old_hash = hash, old_until = :until, hash = :hash, hint = :hint"
                " WHERE id = :id AND account_id = :account",
                until=until,
                hash=hash_of(secret),
                hint=secret[-4:],
                id=token_id,
                account=account_id,
            )
            row = tx.first(f"SELECT {_COLUMNS} FROM accounts_token t WHERE t.id = :id", id=token_id)
            if changed.rowcount == 0 or row is None:
                raise NotFound("You have no such token.")
            record(tx, actor, "token.rotate", account_id, token=token_id)
        return _token(row), secret

    def revoke(self, actor: Actor, account_id: str, token_id: str) -> None:
        """End a token at once, its former secret too."""
        self._may_manage(actor, account_id)
        with self._db.write() as tx:
            gone = tx.run(
                "DELETE FROM accounts_token WHERE id = :id AND account_id = :account", id=token_id, account=account_id
            )
            if gone.rowcount == 0:
                raise NotFound("You have no such token.")
            record(tx, actor, "token.revoke", account_id, token=token_id)

    def _serves(self, actor: Actor, account_id: str) -> bool:
        """Whether it is a service account of an organisation that the actor administers."""
        with self._db.read() as tx:
            org_id = tx.scalar(
                "SELECT a.service_of FROM accounts_account a JOIN accounts_membership m ON m.org_id = a.service_of"
                " WHERE a.id = :id AND a.kind = 'service' AND m.user_id = :user AND m.role = 'admin'",
                id=account_id, user=actor.account_id or "",
            )  # fmt: skip
        return org_id is not None and not actor.barred_from(org_id)

    def _may_manage(self, actor: Actor, account_id: str) -> None:
        # `may_write` is never true of a narrow token: with one nobody makes a wider one.
        own = actor.is_admin or actor.account_id == account_id
        if not actor.may_write or not (own or self._serves(actor, account_id)):
            raise Forbidden("You may manage your own tokens only, and with nothing less than a write token.")


def _token(row: Any) -> Token:
    return Token(**row._asdict() | {"scope": None if row.scope is None else decode(row.scope)})


_KEY = "SELECT 1 FROM accounts_key WHERE id = :key UNION ALL SELECT 1 FROM accounts_deploy_key WHERE id = :key"


def as_of_now(tx: Transaction, actor: Actor) -> Actor:
    """An actor who was let in a while ago, as they are now: less, if anything. Raises BadCredentials.

    A token that has only run out since then is no fault: what was begun in time may be finished.
    """
    if actor.key_id is not None and not tx.scalar(_KEY, key=actor.key_id):
        raise BadCredentials("This key was removed.")
    if actor.account_id is None:
        return actor
    is_admin = tx.scalar("SELECT is_admin FROM accounts_account WHERE id = :id AND disabled = 0", id=actor.account_id)
    if is_admin is None:
        raise BadCredentials("This account was closed.")
    actor = replace(actor, is_admin=actor.is_admin and bool(is_admin))
    if actor.token_id is None:
        return actor
    row = tx.first(f"{_SHOWN} WHERE t.id = :id", id=actor.token_id)
    if row is None:
        raise BadCredentials(INVALID)
    return replace(actor, barred=() if actor.is_admin else barred(tx, row))
