"""How people come in, from the command line: invitations, mail addresses, second factors and sessions."""

from collections.abc import Sequence

from freehold.base.clock import iso
from freehold.base.errors import Invalid, NotFound
from freehold.cli.accounts import accounts_of
from freehold.cli.addresses import address
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.people import Account, People
from freehold.settings import Settings


def invite(settings: Settings, email: str, orgs: Sequence[str]) -> None:
    """Invite somebody; `orgs` are `ORG:ROLE`."""
    pairs = [_pair(text) for text in orgs]
    with accounts_of(settings) as accounts:
        secret = accounts.doors.joining.invite(SYSTEM, email, pairs)
    if secret:
        print("This link makes one account, within seven days:")
        print(f"{address(settings)}/signup/{secret}")
    elif settings.smtp_url:
        print(f"An invitation is on its way to {email}.")
    else:
        print(f"The server prints the invitation for {email} to its log: no smtp_url is set.")


def set_email(settings: Settings, name: str, email: str) -> None:
    """Give a person a mail address."""
    with accounts_of(settings) as accounts:
        accounts.doors.changing.give_address(SYSTEM, _person(accounts.people, name).id, email)
    print(f"{name} is reached at {email}.")


def factors(settings: Settings, name: str, *, remove: bool) -> None:
    """Show or remove a person's second factors."""
    with accounts_of(settings) as accounts:
        account, sign_in = _person(accounts.people, name), accounts.doors.sign_in
        if remove:
            accounts.doors.changing.remove_factors(SYSTEM, account.id)
            print(f"{name} has no second factor any more, and is signed out everywhere.")
            return
        if sign_in.codes.has_app(account.id):
            print("authenticator app")
        for passkey in sign_in.passkeys.list(account.id):
            print(f"passkey {passkey.name}, added {iso(passkey.created_at)}")
        print(f"{sign_in.codes.recovery_left(account.id)} recovery codes")


def sessions(settings: Settings, name: str, *, end: bool) -> None:
    """Show or end a person's sessions."""
    with accounts_of(settings) as accounts:
        account = _person(accounts.people, name)
        if end:
            accounts.sessions.end_all(SYSTEM, account.id)
            print(f"{name} is signed out everywhere.")
            return
        for one in accounts.sessions.list(account.id):
            print(f"{one.id}  {iso(one.last_seen_at)}  {one.address}  {'+'.join(one.methods)}  {one.user_agent}")


def _person(people: People, name: str) -> Account:
    account = people.by_name(name)
    if account is None or account.kind != "user":
        raise NotFound(f"There is no user called {name!r}. Add one: freehold user add {name}")
    return account


def _pair(text: str) -> tuple[str, str]:
    org, separator, role = text.partition(":")
    if not separator:
        raise Invalid(f"--org takes ORG:ROLE, such as acme:write; not {text!r}.")
    return org, role
