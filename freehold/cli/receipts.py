"""`freehold receipt`: what a receipt proves, and the key that proves it."""

from pathlib import Path

import click

from freehold.app import open_accounts
from freehold.base.errors import NotFound
from freehold.core.accounts.secrets import hub_secret
from freehold.settings import Settings
from freehold.wire.gates.receipts import public_key, read_file
from freehold.wire.gates.receipts import verify as proves


def verify(file: Path, key: str) -> None:
    """Print what the receipt says. Raises Invalid if it proves nothing."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise NotFound(f"{file} cannot be read: {error.strerror}.") from None
    receipt = proves(read_file(content), key)
    agreed = f"agreed at {receipt.agreed_at}" if receipt.agreed_at else "was let in without having been asked"
    click.echo(f"Genuine: {receipt.grantee} was let into {receipt.repository} at {receipt.granted_at}.")
    click.echo(f"Terms: version {receipt.terms_version}, SHA-256 {receipt.terms}; {receipt.grantee} {agreed}.")
    click.echo(f"Granted by: {receipt.granted_by or 'the gate itself'}. Purpose: {receipt.purpose or 'none stated'}.")
    click.echo(f"Ends: {receipt.expires_at or 'when it is ended'}. Whether it was ended since, only the hub knows.")


def key(settings: Settings) -> None:
    """Print the hub's public key."""
    accounts = open_accounts(settings)
    try:
        click.echo(public_key(hub_secret(accounts.db, "gate-receipts")))
    finally:
        accounts.close()
