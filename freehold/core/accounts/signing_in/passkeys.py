"""Passkeys: WebAuthn credentials of people, registered and answered (W3C Web Authentication, level 3)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from freehold.base.base64url import decode, encode
from freehold.base.clock import Clock, now
from freehold.base.errors import BadCredentials, Conflict, Invalid, NotFound
from freehold.base.ids import new_id
from freehold.base.words import later
from freehold.core.accounts.audit import record
from freehold.core.accounts.sessions import Proof
from freehold.core.accounts.signing_in.challenges import Challenges
from freehold.core.accounts.signing_in.letters import Letters
from freehold.stores.db.database import Database

MOST = 20
"""Passkeys of one account."""

LONGEST = 16 << 10
"""Characters of an authenticator's answer."""

REFUSED = later("The passkey was not accepted. Try again, or sign in another way.")
_COLUMNS = "id, account_id, name, credential_id, public_key, sign_count, synced, created_at, last_used_at"


@dataclass(frozen=True, slots=True)
class Party:
    """The hub as passkeys know it: `id` is its host name, `origin` the scheme, host and port of its pages."""

    id: str
    origin: str
    name: str


@dataclass(frozen=True, slots=True)
class Passkey:
    """A registered passkey; `synced`: its authenticator keeps copies on other devices."""

    id: str
    name: str
    synced: bool
    created_at: int
    last_used_at: int | None


class Passkeys:
    """The register of passkeys. `bound` is always the cookie of the browser that asks."""

    def __init__(self, db: Database, challenges: Challenges, letters: Letters, clock: Clock = now) -> None:
        self._db = db
        self._challenges = challenges
        self._letters = letters
        self._clock = clock

    def list(self, account_id: str) -> list[Passkey]:
        """The account's passkeys, oldest first."""
        return [
            Passkey(row.id, row.name, bool(row.synced), row.created_at, row.last_used_at)
            for row in self._rows(account_id)
        ]

    def has(self, account_id: str) -> bool:
        """Whether the account has any."""
        with self._db.read() as tx:
            return tx.first("SELECT 1 FROM accounts_passkey WHERE account_id = :id LIMIT 1", id=account_id) is not None

    def invite(self, proof: Proof, party: Party, bound: str) -> str:
        """What a browser needs to make a passkey, as JSON."""
        options = generate_registration_options(
            rp_id=party.id,
            rp_name=party.name,
            user_id=proof.account_id.encode(),
            user_name=proof.actor.name,
            challenge=self._challenges.make(bound, f"register {proof.account_id}"),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED,
                user_verification=UserVerificationRequirement.PREFERRED,
            ),
            exclude_credentials=[_descriptor(row.credential_id) for row in self._rows(proof.account_id)],
        )
        return str(options_to_json(options))

    def add(self, proof: Proof, party: Party, bound: str, name: str, answer: str) -> Passkey:
        """Register what the browser answered. Raises Invalid, Conflict, BadCredentials."""
        name = name.strip() or "Passkey"
        if len(name) > 100 or not name.isprintable():
            raise Invalid("A passkey needs a name of at most 100 characters, so that you recognise it later.")
        challenge = _challenge_of(answer)
        self._challenges.spend(challenge, bound, f"register {proof.account_id}")
        try:
            made = verify_registration_response(
                credential=answer, expected_challenge=challenge, expected_rp_id=party.id, expected_origin=party.origin
            )
        except _MALFORMED as error:
            raise BadCredentials(REFUSED) from error
        synced = made.credential_device_type is CredentialDeviceType.MULTI_DEVICE
        passkey = Passkey(new_id(), name, synced, self._clock(), None)
        with self._db.write() as tx:
            credential = encode(made.credential_id)
            tx.take_turn(f"passkey:{credential}")
            if tx.first("SELECT 1 FROM accounts_passkey WHERE credential_id = :credential", credential=credential):
                raise Conflict("This passkey is registered already.")
            if tx.scalar("SELECT COUNT(*) FROM accounts_passkey WHERE account_id = :id", id=proof.account_id) >= MOST:
                raise Invalid(f"An account has at most {MOST} passkeys. Remove one that you do not use.")
            tx.run(
                "INSERT INTO accounts_passkey (id, account_id, name, credential_id, public_key, sign_count, synced,"
                " created_at) VALUES (:id, :account, :name, :credential, :key, :count, :synced, :at)",
                id=passkey.id, account=proof.account_id, name=name, credential=credential,
                key=encode(made.credential_public_key), count=made.sign_count, synced=int(synced),
                at=passkey.created_at,
            )  # fmt: skip
            self._letters.tell(tx, proof.account_id, "passkey")
            record(tx, proof.actor, "factor.add", proof.actor.name, factor="passkey", passkey=passkey.id)
        return passkey

    def remove(self, proof: Proof, passkey_id: str) -> None:
        """Forget a passkey."""
        with self._db.write() as tx:
            sql = "DELETE FROM accounts_passkey WHERE id = :id AND account_id = :account"
            if tx.run(sql, id=passkey_id, account=proof.account_id).rowcount == 0:
                raise NotFound("You have no such passkey.")
            self._letters.tell(tx, proof.account_id, "no-passkey")
            record(tx, proof.actor, "factor.remove", proof.actor.name, factor="passkey", passkey=passkey_id)

    def ask(self, party: Party, bound: str, account_id: str = "", *, second: bool = False) -> str:
        """What a browser needs to show a passkey, as JSON: of this account, or of whoever sits there.

        Without an account none is named, so that the question tells nothing about anybody. The authenticator must
        know its person, by a fingerprint or a PIN, unless it is the `second` factor, after a password.
        """
        verification = UserVerificationRequirement.DISCOURAGED if second else UserVerificationRequirement.REQUIRED
        options = generate_authentication_options(
            rp_id=party.id,
            challenge=self._challenges.make(bound, _purpose(account_id, second=second)),
            allow_credentials=[_descriptor(row.credential_id) for row in self._rows(account_id)] if account_id else [],
            user_verification=verification,
        )
        return str(options_to_json(options))

    def answered(self, party: Party, bound: str, answer: str, account_id: str = "", *, second: bool = False) -> str:
        """The id of the account whose passkey gave this answer to the same `ask`. Raises BadCredentials."""
        challenge = _challenge_of(answer)
        self._challenges.spend(challenge, bound, _purpose(account_id, second=second))
        with self._db.read() as tx:
            sql = f"SELECT {_COLUMNS} FROM accounts_passkey WHERE credential_id = :id"
            row = tx.first(sql, id=str(json.loads(answer).get("id")))
        if row is None or account_id not in ("", row.account_id):
            raise BadCredentials(REFUSED)
        try:
            shown = verify_authentication_response(
                credential=answer, expected_challenge=challenge, expected_rp_id=party.id, expected_origin=party.origin,
                credential_public_key=decode(row.public_key), credential_current_sign_count=row.sign_count,
                require_user_verification=not second,
            )  # fmt: skip
        except _MALFORMED as error:
            raise BadCredentials(REFUSED) from error
        with self._db.write() as tx:
            sql = "UPDATE accounts_passkey SET sign_count = :count, last_used_at = :at WHERE id = :id"
            tx.run(sql, count=shown.new_sign_count, at=self._clock(), id=row.id)
        return str(row.account_id)

    def _rows(self, account_id: str) -> Sequence[Any]:
        with self._db.read() as tx:
            sql = f"SELECT {_COLUMNS} FROM accounts_passkey WHERE account_id = :id ORDER BY created_at, id"
            return tx.all(sql, id=account_id)


# The library promises its own errors, and lets these through for texts that no authenticator makes.
_MALFORMED = (WebAuthnException, ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError)


def _purpose(account_id: str, *, second: bool) -> str:
    return f"{'second' if second else 'alone'} {account_id}"


def _descriptor(credential_id: str) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(id=decode(credential_id))


def _challenge_of(answer: str) -> bytes:
    """The challenge that the answer says it is to; whether it is ours, `Challenges` says."""
    if len(answer) > LONGEST:
        raise BadCredentials(REFUSED)
    try:
        client_data = json.loads(decode(json.loads(answer)["response"]["clientDataJSON"]))
        return decode(client_data["challenge"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadCredentials(REFUSED) from error
