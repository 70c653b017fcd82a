"""The authorisation server put together: what its doors and pages are handed."""

from dataclasses import dataclass

from freehold.base.clock import Clock, now
from freehold.core.accounts.oauth.applications import Applications
from freehold.core.accounts.oauth.devices import Devices
from freehold.core.accounts.oauth.grants import Grants
from freehold.core.accounts.secrets import hub_secret
from freehold.stores.db.database import Database


@dataclass(frozen=True, slots=True)
class AuthServer:
    """The registers of the authorisation server."""

    apps: Applications
    grants: Grants
    devices: Devices


def open_auth_server(db: Database, clock: Clock = now) -> AuthServer:
    """The registers over a database."""
    apps, grants = Applications(db, clock), Grants(db, clock)
    return AuthServer(apps, grants, Devices(db, apps, grants, hub_secret(db, "oauth-device"), clock))
