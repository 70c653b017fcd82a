"""`freehold audit`: verify the chain of the audit, sign it, give it away, and forget where people were."""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from freehold.cli import options

if TYPE_CHECKING:
    from freehold.app import Accounts

_kept = click.option(
    "--checkpoint", "kept", multiple=True, type=click.Path(path_type=Path), help="One that was kept outside the hub."
)


@click.group()
def audit() -> None:
    """Who did what: one chain of lines that shows whether any was changed."""


@audit.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--key", help="The hub's public key, in base64, to verify an exported file without the hub.")
@_kept
@options.data
@options.config
def verify(file: Path | None, key: str | None, kept: tuple[Path, ...], data: Path | None, config: Path | None) -> None:
    """Walk the whole chain, the hub's or an exported FILE's, and name the first wrong line; exit 1 if any is."""
    from freehold.wire.audit.checkpoints import open_note
    from freehold.wire.audit.verifying import verify_file

    if file is not None:
        if key is None:
            raise click.UsageError("To verify a file, say by which --key; `freehold receipt key` on the hub tells it.")
        known = [open_note(_read(one), key) for one in kept]
        with _opened(file) as lines:
            walk = verify_file(lines, key, known)
    else:
        with _accounts(data, config) as accounts:
            walk = accounts.chain.verify([open_note(_read(one), key or accounts.chain.public_key) for one in kept])
    click.echo(f"The chain holds: {walk.size} lines, the last has the hash {walk.head}.")
    click.echo(f"{walk.checkpoints} signed checkpoints agree with it. {walk.redacted} lines were forgotten in part.")


@audit.command()
@click.argument("seq", type=click.IntRange(min=1))
@options.data
@options.config
def prove(seq: int, data: Path | None, config: Path | None) -> None:
    """Print a proof that line SEQ is in the chain, for whom it concerns; a checkpoint is made if none signs it yet."""
    import msgspec

    with _accounts(data, config) as accounts:
        line = accounts.trail.of_hub().line(seq)
        accounts.chain.checkpoint()
        click.echo(msgspec.json.format(msgspec.json.encode(accounts.chain.prove(line))))


@audit.command("verify-proof")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key", required=True, help="The hub's public key, in base64; `freehold receipt key` tells it.")
def verify_proof(file: Path, key: str) -> None:
    """Verify a proof of one line, anywhere, without the hub; exit 1 if it proves nothing."""
    from freehold.wire.audit.proofs import verify_proof

    proven = verify_proof(_read(file).encode(), key)
    line, signed = proven.line, proven.checkpoint
    click.echo(f"Line {line.seq} is in the audit that was signed at {signed.at} with {signed.size} lines:")
    click.echo(f"{line.at} {line.actor} {line.action} {line.subject}")


@audit.command()
@options.data
@options.config
def checkpoint(data: Path | None, config: Path | None) -> None:
    """Sign the chain as it is now and print the signed note. Keep it elsewhere: it shows later what was here."""
    with _accounts(data, config) as accounts:
        click.echo(accounts.chain.checkpoint(), nl=False)


@audit.command()
@click.option("--actor", default="", help="Only what this account did.")
@click.option("--action", default="", help="Only this action, or with a dot at its end all of its kind: `gate.`.")
@click.option("--subject", default="", help="Only what was done to this, or to what lies below it.")
@click.option("--since", default="", help="A day or a moment, 2026-11-22 or 2026-11-22T10:00:00Z.")
@click.option("--until", default="", help="Likewise.")
@options.data
@options.config
def export(data: Path | None, config: Path | None, **chosen: str) -> None:
    """Print the audit as JSON Lines. Whole, it proves itself by the checkpoints in it; filtered, it cannot."""
    from freehold.core.accounts.trail.reading import Filter

    wanted = Filter.of(**chosen)
    with _accounts(data, config) as accounts:
        lines = accounts.chain.export() if wanted == Filter() else accounts.trail.of_hub().export(wanted)
        for line in lines:
            sys.stdout.buffer.write(line)


@audit.command()
@click.argument("name")
@options.data
@options.config
def forget(name: str, data: Path | None, config: Path | None) -> None:
    """Take the addresses and browsers of a person out of the audit; the chain holds without them."""
    from freehold.core.accounts.actor import SYSTEM

    with _accounts(data, config) as accounts:
        click.echo(f"{accounts.personal.forget(SYSTEM, name)} lines hold {name}'s whereabouts no longer.")


def _read(file: Path) -> str:
    with _opened(file) as lines:
        return b"".join(lines).decode("utf-8", "replace")


@contextmanager
def _opened(file: Path) -> Iterator[Iterator[bytes]]:
    from freehold.base.errors import NotFound

    try:
        with file.open("rb") as lines:
            yield lines
    except OSError as error:
        raise NotFound(f"{file} cannot be read: {error.strerror}.") from None


def _accounts(data: Path | None, config: Path | None) -> AbstractContextManager["Accounts"]:
    from freehold.cli.accounts import accounts_of
    from freehold.settings import load

    return accounts_of(load(config, data=data))
