"""Where git is reached by SSH, as pages tell it to people."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request

from freehold.asgi.urls import base_url


@dataclass(frozen=True, slots=True)
class SshDoor:
    """A port, and the hub's own key as `known_hosts` has it."""

    port: int
    host_key: str

    def address(self, request: Request) -> str:
        """What git clones from, up to the repository's path, by the host that the visitor knows the hub by."""
        host = _host(request)
        place = f"[{host}]" if ":" in host else host
        return f"ssh://git@{place}:{self.port}/" if self.port != 22 else f"ssh://git@{place}/"

    def known_host(self, request: Request) -> str:
        """The line of `known_hosts`."""
        host = _host(request)
        return f"[{host}]:{self.port} {self.host_key}" if self.port != 22 else f"{host} {self.host_key}"


def _host(request: Request) -> str:
    return urlsplit(base_url(request)).hostname or ""
