"""`freehold receipt`: what a receipt proves, and the key that proves it."""

from pathlib import Path

import click

from freehold.app import open_accounts
from freehold.base.errors import Invalid, NotFound
from freehold.core.accounts.secrets import hub_secret
from freehold.settings import Settings
from freehold.wire.gates.receipts import Receipt, ReceiptFile, public_key, read_file, read_keys
from freehold.wire.gates.receipts import verify as proves


def verify(file: Path, key: str) -> None:
    """Print what the receipt says. Raises Invalid if it proves nothing."""
    receipt = _proven(read_file(_content(file)), _keys(key))
    agreed = f"agreed at {receipt.agreed_at}" if receipt.agreed_at else "was let in without having been asked"
    click.echo(f"Genuine: {receipt.grantee} was let into {receipt.repository} at {receipt.granted_at}.")
    click.echo(f"Terms: version {receipt.terms_version}, SHA-256 {receipt.terms}; {receipt.grantee} {agreed}.")
    click.echo(f"Granted by: {receipt.granted_by or 'the gate itself'}. Purpose: {receipt.purpose or 'none stated'}.")
    click.echo(f"Ends: {receipt.expires_at or 'when it is ended'}. Whether it was ended since, only the hub knows.")


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise NotFound(f"{file} cannot be read: {error.strerror}.") from None


def _keys(said: str) -> list[str]:
    """A key in base64, or those of a file that was saved from a hub's well-known address."""
    return read_keys(_content(Path(said))) if said.endswith(".json") else [said]


def _proven(file: ReceiptFile, keys: list[str]) -> Receipt:
    refusal = Invalid("There is no key to verify with.")
    for one in keys:
        try:
            return proves(file, one)
        except Invalid as error:
            refusal = error
    raise refusal


def key(settings: Settings) -> None:
    """Print the hub's public key."""
    accounts = open_accounts(settings)
    try:
        click.echo(public_key(hub_secret(accounts.db, "gate-receipts")))
    finally:
        accounts.close()
