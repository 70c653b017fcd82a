"""Whether a hub has a second door to git: what it needs is of an extra, so nothing of it is imported before."""

from typing import Protocol

from freehold.base.errors import Invalid
from freehold.core.accounts.keys import Keys
from freehold.protocols.git.commands import Commands
from freehold.protocols.git.place import Place


class SshServer(Protocol):
    """The second door to git."""

    @property
    def public_key(self) -> str:
        """What it is known by, as `known_hosts` has it behind the name of the host."""

    async def open(self) -> None:
        """Begin to listen. Raises OSError when the port cannot be had."""

    async def close(self) -> None:
        """End, after what is at work."""


def ssh_server(place: Place, secret: bytes, keys: Keys, commands: Commands) -> SshServer | None:
    """The door, if there is to be one. Raises Invalid where what it needs is not installed."""
    if not place.port:
        return None
    try:
        from freehold.protocols.git.ssh import Door  # noqa: PLC0415 - see above
    except ModuleNotFoundError:
        raise Invalid("The setting `ssh_port` needs another package: pip install 'freehold[ssh]'") from None
    return Door(place, secret, keys, commands)
