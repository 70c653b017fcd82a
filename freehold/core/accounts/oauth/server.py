"""The authorisation server put together: what its doors and pages are handed."""

from dataclasses import dataclass

from freehold.base.clock import Clock, now
from freehold.core.accounts.oauth.applications import Applications
from freehold.core.accounts.oauth.codes import Codes
from freehold.core.accounts.oauth.devices import Devices
from freehold.core.accounts.oauth.grants import Grants
from freehold.core.accounts.oauth.issuers import Issuers
from freehold.core.accounts.oauth.publishers import Publishers
from freehold.core.accounts.oauth.signing import SigningKeys
from freehold.core.accounts.sealing import Sealer
from freehold.core.accounts.secrets import hub_secret
from freehold.stores.db.database import Database
from freehold.stores.outbound.client import Outbound


@dataclass(frozen=True, slots=True)
class AuthServer:
    """The registers of the authorisation server."""

    apps: Applications
    grants: Grants
    devices: Devices
    codes: Codes
    keys: SigningKeys
    issuers: Issuers
    publishers: Publishers
    clock: Clock


def open_auth_server(db: Database, sealer: Sealer, outbound: Outbound, base: str, clock: Clock = now) -> AuthServer:
    """The registers over a database. `base` is the hub's own address, which tokens of others must be made for."""
    apps, grants = Applications(db, clock), Grants(db, clock)
    devices = Devices(db, apps, grants, hub_secret(db, "oauth-device"), clock)
    issuers = Issuers(outbound, clock)
    return AuthServer(
        apps,
        grants,
        devices,
        Codes(db, grants, clock),
        SigningKeys(db, sealer, clock),
        issuers,
        Publishers(db, issuers, base, clock),
        clock,
    )
