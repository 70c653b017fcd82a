"""The operator's commands: names, options and help; the work is in the modules that they import when called."""

from pathlib import Path
from typing import Any

import click

from freehold.cli import options
from freehold.cli.audit import audit
from freehold.cli.scim import scim
from freehold.cli.user import user


def _rule(text: str) -> str:
    if text not in ("never", "default") and not text.isdecimal():
        raise click.BadParameter("a number of days, `never` or `default`")
    return text


@click.group()
def app() -> None:
    """Freehold: a hub for open AI on your own machine.

    Every command takes its settings from --data and --config, FREEHOLD_… variables and the file that
    FREEHOLD_CONFIG names, and works while the server runs.
    """
    from freehold.asgi.logs import configure

    # Left to itself, the library draws a traceback with every variable in it, keys and passwords included.
    configure("text")


app.add_command(audit)
app.add_command(scim)
app.add_command(user)


@app.group()
def org() -> None:
    """Organisations that own repositories."""


@app.group()
def identity() -> None:
    """Who has made sure who people and organisations are."""


@app.group()
def name() -> None:
    """Names of people and organisations, and those that nobody may take."""


@app.group()
def receipt() -> None:
    """Signed receipts of access to gated repositories."""


@app.group()
def token() -> None:
    """Access tokens for clients."""


@app.command()
@options.data
@click.option("--host", help="The address to listen on.")
@click.option("--port", type=int, help="The port to listen on.")
@click.option(
    "--ssh-port", type=click.IntRange(0, 65535), help="Another one, for git by SSH; without it there is none."
)
@click.option("--workers", type=click.IntRange(min=1), help="Server processes.")
@options.config
def serve(config: Path | None, **settings: Any) -> None:
    """Run the hub."""
    from freehold.cli.serve import serve as run_server
    from freehold.settings import load

    run_server(load(config, **settings))


@app.command()
@click.option("--data", type=click.Path(path_type=Path), default="demo-data", show_default=True, help="Its folder.")
@click.option("--host", help="The address to listen on.")
@click.option("--port", type=int, help="The port to listen on.")
@click.option("--only-make", is_flag=True, help="Fill the folder and end, without serving.")
def demo(data: Path, *, only_make: bool, **settings: Any) -> None:
    """Run an example hub, with people, repositories and a year of history; the first time it is made."""
    from freehold.cli.demo import run as run_demo
    from freehold.settings import load

    run_demo(load(data=data, **settings), only_make=only_make)


@app.command()
@options.data
@options.config
def worker(data: Path | None, config: Path | None) -> None:
    """Do background work only, beside a server, until stopped."""
    from freehold.cli.serve import work
    from freehold.settings import load

    work(load(config, data=data))


@app.command()
@options.data
@options.config
def reindex(data: Path | None, config: Path | None) -> None:
    """Make what lists and searches are answered from anew: facts, entries and the search index."""
    from freehold.cli.reindex import reindex as make_anew
    from freehold.settings import load

    make_anew(load(config, data=data))


@app.command()
@options.data
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--repair-index", is_flag=True, help="First make the index of chunks again from what is stored.")
@options.config
def check(data: Path | None, config: Path | None, *, as_json: bool, repair_index: bool) -> None:
    """Compare every object, ref, xorb, shard and row with each other; exit 1 on any fault."""
    from freehold.cli.check import report
    from freehold.settings import load

    raise SystemExit(report(load(config, data=data), as_json=as_json, repair_index=repair_index))


@app.command("gc")
@options.data
@click.option("--dry-run", is_flag=True, help="Only print what would go, why and when.")
@click.option("--json", "as_json", is_flag=True, help="With --dry-run: print JSON, one entry for each thing.")
@click.option("--now", is_flag=True, help="Make all clients forget their chunk caches, so that more may go soon.")
@options.config
def collect_garbage(data: Path | None, config: Path | None, *, dry_run: bool, as_json: bool, now: bool) -> None:
    """Delete what nothing needs any more, as far as gc_keep_days or the namespaces' own rules let it go."""
    from freehold.cli.gc import collect, show
    from freehold.settings import load

    settings = load(config, data=data)
    if dry_run:
        show(settings, as_json=as_json)
    else:
        collect(settings, now=now)


@app.command("retention")
@click.argument("name")
@click.argument("days", metavar="DAYS|never|default", type=_rule)
@options.data
@options.config
def retention(name: str, days: str, data: Path | None, config: Path | None) -> None:
    """Say how many days a namespace's files are kept after nothing names them any more."""
    from freehold.cli.gc import set_retention
    from freehold.settings import load

    set_retention(load(config, data=data), name, days)


@app.command()
@options.data
@click.option("--retry", is_flag=True, help="Try all of them again.")
@options.config
def jobs(data: Path | None, config: Path | None, *, retry: bool) -> None:
    """Show the background jobs that were given up after their last attempt, and why."""
    from freehold.cli.jobs import report
    from freehold.settings import load

    report(load(config, data=data), retry=retry)


@receipt.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key", required=True, help="Its public key in base64, or its keys as a .json file.")
def verify_receipt(file: Path, key: str) -> None:
    """Say what a receipt proves, if the hub with this key signed it; needs no hub and no network."""
    from freehold.cli.receipts import verify

    verify(file, key)


@receipt.command("key")
@options.data
@options.config
def receipt_key(data: Path | None, config: Path | None) -> None:
    """Print the public key that verifies this hub's receipts."""
    from freehold.cli.receipts import key
    from freehold.settings import load

    key(load(config, data=data))


@identity.command("show")
@click.argument("name")
@options.data
@options.config
def show_identity(name: str, data: Path | None, config: Path | None) -> None:
    """Print what is known of an account."""
    from freehold.cli.identity import show
    from freehold.settings import load

    show(load(config, data=data), name)


@identity.command("set")
@click.argument("name")
@click.argument("level", type=click.Choice(["1", "3"]))
@click.option("--by", required=True, help="Level 1: the domain; level 3: who has checked.")
@click.option("--reference", default="", help="Where they find it again; never a document.")
@click.option("--days", type=click.IntRange(1, 3660), help="How long it holds; without, until it is taken back.")
@options.data
@options.config
def set_identity(
    name: str, level: str, data: Path | None, config: Path | None, *, by: str, reference: str, days: int | None
) -> None:
    """Enter that an account's domain (1) or holder (3) was checked outside of this hub."""
    from freehold.cli.identity import state
    from freehold.settings import load

    state(load(config, data=data), name, int(level), (by, reference), days)


@identity.command("remove")
@click.argument("name")
@click.argument("level", type=click.IntRange(1, 3))
@options.data
@options.config
def remove_identity(name: str, level: int, data: Path | None, config: Path | None) -> None:
    """Take a statement back; access that was given for it ends at once."""
    from freehold.cli.identity import withdraw
    from freehold.settings import load

    withdraw(load(config, data=data), name, level)


@name.command("change")
@click.argument("old")
@click.argument("new")
@options.data
@options.config
def change_name(old: str, new: str, data: Path | None, config: Path | None) -> None:
    """Rename a person or an organisation; the old name leads to the new one and stays theirs."""
    from freehold.cli.names import rename
    from freehold.settings import load

    rename(load(config, data=data), old, new)


@name.command("kept")
@options.data
@options.config
def kept_names(data: Path | None, config: Path | None) -> None:
    """Print the names that nobody may take, and why."""
    from freehold.cli.names import show
    from freehold.settings import load

    show(load(config, data=data))


@name.command("look-alikes")
@options.data
@options.config
def lookalike_names(data: Path | None, config: Path | None) -> None:
    """Print the accounts that may be mistaken for an organisation with a verified domain."""
    from freehold.cli.names import show_lookalikes
    from freehold.settings import load

    show_lookalikes(load(config, data=data))


@name.command("release")
@click.argument("kept")
@options.data
@options.config
def release_name(kept: str, data: Path | None, config: Path | None) -> None:
    """Let a name be taken again, when nothing leads to it any more."""
    from freehold.cli.names import let_go
    from freehold.settings import load

    let_go(load(config, data=data), kept)


@org.command("domain")
@click.argument("org_name", metavar="ORG")
@click.argument("domain")
@click.option("--remove", is_flag=True, help="Take it back.")
@options.data
@options.config
def org_domain(org_name: str, domain: str, data: Path | None, config: Path | None, *, remove: bool) -> None:
    """Say that a domain is an organisation's, once you have seen the proof (a DNS record, a letter)."""
    from freehold.cli.accounts import set_domain
    from freehold.settings import load

    set_domain(load(config, data=data), org_name, domain, remove=remove)


@org.command("member")
@click.argument("org_name", metavar="ORG")
@click.argument("user_name", metavar="USER")
@click.argument("role", metavar="ROLE")
@options.data
@options.config
def member(org_name: str, user_name: str, role: str, data: Path | None, config: Path | None) -> None:
    """Give a person a role in an organisation: read, contributor, write or admin; `none` takes it away."""
    from freehold.cli.accounts import set_member
    from freehold.settings import load

    set_member(load(config, data=data), org_name, user_name, role)


@org.command("add")
@click.argument("name")
@click.option("--full-name", default="", help="The name as people write it.")
@click.option("--default-visibility", default="public", help="Of new repositories: public, private.")
@click.option("--member", "members", multiple=True, metavar="USER:ROLE", help="May be given several times.")
@options.data
@options.config
def add_org(
    name: str,
    data: Path | None,
    config: Path | None,
    *,
    full_name: str,
    default_visibility: str,
    members: tuple[str, ...],
) -> None:
    """Add an organisation. Roles: read, contributor, write, admin."""
    from freehold.cli.accounts import add_org as add
    from freehold.settings import load

    add(load(config, data=data), name, full_name=full_name, default_visibility=default_visibility, members=members)


@token.command("add")
@click.argument("user_name", metavar="USER")
@click.option("--name", default="command line", show_default=True, help="What you will recognise it by.")
@click.option("--role", default="write", show_default=True, help="read or write.")
@options.data
@options.config
def add_token(user_name: str, name: str, role: str, data: Path | None, config: Path | None) -> None:
    """Make an access token and print it, alone on the last line. It is not shown again."""
    from freehold.cli.accounts import add_token as add
    from freehold.settings import load

    add(load(config, data=data), user_name, name=name, role=role)


def run() -> None:
    """Parse the command line and do what it says; what a person can mend is said in one line, with exit status 1."""
    from freehold.base.errors import HubError

    try:
        app(prog_name="freehold")
    except HubError as error:
        click.echo(f"error: {error.message}", err=True)
        raise SystemExit(1) from None
