"""The addresses of the pages by which people enter and look after their account."""

from dataclasses import dataclass

from freehold.asgi.routing import Route
from freehold.core.accounts.keys import Keys
from freehold.core.accounts.oauth.server import AuthServer
from freehold.core.accounts.orgs.orgs import Orgs
from freehold.core.accounts.people import People
from freehold.core.accounts.signing_in.doors import Doors
from freehold.core.accounts.sso.trips import SignOn
from freehold.core.accounts.tokens import Tokens
from freehold.core.repos.repos import Repos
from freehold.web.pages.applications import page as applications
from freehold.web.pages.authorize import page as authorize
from freehold.web.pages.confirm import page as confirm
from freehold.web.pages.device import page as device
from freehold.web.pages.ending import page as ending
from freehold.web.pages.enrol import page as enrol
from freehold.web.pages.keys import page as keys
from freehold.web.pages.login import page as login
from freehold.web.pages.password import page as password
from freehold.web.pages.profile_settings import page as profile
from freehold.web.pages.reset import page as reset
from freehold.web.pages.second_factor import page as second_factor
from freehold.web.pages.security import page as security
from freehold.web.pages.sessions import page as sessions
from freehold.web.pages.signup import page as signup
from freehold.web.pages.sso import page as sso
from freehold.web.pages.tokens import page as tokens
from freehold.web.site import Site
from freehold.web.ssh_door import SshDoor


@dataclass(frozen=True, slots=True)
class Rooms:
    """Where these pages' parts come from; `ssh` is None where there is no such door."""

    doors: Doors
    people: People
    tokens: Tokens
    keys: Keys
    ssh: SshDoor | None
    oauth: AuthServer
    repos: Repos
    sign_on: SignOn
    orgs: Orgs


def routes(site: Site, rooms: Rooms) -> list[Route]:
    """Signing in and out, and what one has to do it with, by browser and by tool."""
    doors, sign_in = rooms.doors, rooms.doors.sign_in
    others = [(policy.name, policy.label) for policy in rooms.sign_on.policies]
    return [
        *login.routes(site, sign_in, open_to_all=doors.joining.policy == "open", providers=others),
        *sso.routes(site, sign_in, rooms.sign_on),
        *reset.routes(site, doors.changing),
        *signup.routes(site, doors.joining, sign_in),
        *second_factor.routes(site, sign_in),
        *enrol.routes(site, sign_in),
        *confirm.routes(site, doors.confirming),
        *password.routes(site, sign_in, doors.changing),
        *profile.routes(site, doors, rooms.people),
        *ending.routes(site, doors),
        *security.routes(site, sign_in),
        *sessions.routes(site, sign_in.sessions),
        *device.routes(site, rooms.oauth.devices, rooms.people),
        *authorize.routes(site, rooms.oauth, rooms.people),
        *applications.routes(site, rooms.oauth),
        *tokens.routes(site, rooms.tokens, rooms.people, rooms.repos, rooms.orgs),
        *keys.routes(site, rooms.keys, rooms.ssh),
    ]
