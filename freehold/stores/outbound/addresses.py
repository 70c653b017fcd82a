"""Which addresses of the network may be asked, and what a URL must look like that somebody else wrote."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from freehold.base.errors import Invalid

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

PORTS = {"http": 80, "https": 443}
LONGEST_URL = 2048

_NETLOC = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?", re.ASCII)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)

# Named one by one: what the standard library calls global changes between its versions.
_CLOSED_4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16",
            "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
            "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        ),
    )
)  # fmt: skip
# Of IPv6 only what is given out to the world, without what carries an IPv4 address inside or is for documents. All
# else is closed with it: loopback, link-local, unique local, multicast, mapped (::ffff:0:0/96), NAT64 (64:ff9b::/96).
_OPEN_6 = IPv6Network("2000::/3")
_CLOSED_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart: `host` is in lower case and without brackets, `path` has the query and is never empty."""

    tls: bool
    host: str
    port: int
    path: str

    @property
    def literal(self) -> Address | None:
        """The address, where the URL gives one instead of a name."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None

    @property
    def usual_port(self) -> bool:
        """Whether the port is one at which the public web answers."""
        return self.port in PORTS.values()


def target_of(url: str) -> Target:
    """Take a URL apart. Raises Invalid for everything but plain `http(s)://host[:port]/path`, and says what to mend."""
    if len(url) > LONGEST_URL:
        raise Invalid(f"A URL may have {LONGEST_URL} characters.")
    if not url.isascii() or any(ord(letter) <= 32 or ord(letter) == 127 or letter == "\\" for letter in url):
        raise Invalid("A URL is written in ASCII without blanks and backslashes; write foreign names in punycode.")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise Invalid(f"{url[:100]!r} is not a URL.") from None
    if parts.scheme not in PORTS:
        raise Invalid("Only http:// and https:// can be asked.")
    if "@" in parts.netloc:
        raise Invalid("A URL must not carry a user name or a password. Put a secret into its query, or into a header.")
    found = _NETLOC.fullmatch(parts.netloc)
    if found is None:
        raise Invalid(f"{parts.netloc[:100]!r} is not a host with an optional port.")
    port = int(found["port"] or PORTS[parts.scheme])
    if not 0 < port < 65536:
        raise Invalid(f"{port} is not a port.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme == "https", _host(found["host"].lower()), port, path)


def _host(host: str) -> str:
    try:
        if host.startswith("["):
            return str(IPv6Address(host[1:-1]))
        labels = host.split(".")
        if _NUMBER.fullmatch(labels[-1]):
            # Whoever resolves names would read 2130706433, 0x7f.1 and 0177.0.0.1 as addresses: one spelling only.
            return str(IPv4Address(host))
    except ValueError:
        raise Invalid(f"{host[:100]!r} is not an address. Write IPv4 as four decimal numbers.") from None
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise Invalid(f"{host[:100]!r} is not a host name.")
    return host


def parse_networks(text: str) -> list[Network]:
    """Comma-separated networks or single addresses. Raises Invalid."""
    try:
        return [ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip()]
    except ValueError as error:
        raise Invalid(f"The setting `outbound_networks` must list networks such as 10.0.0.0/8: {error}.") from error


def is_named(address: Address, networks: Sequence[Network]) -> bool:
    """Whether the operator has named a network that this address is in, exactly as it is written."""
    return any(address.version == network.version and address in network for network in networks)


def is_public(address: Address) -> bool:
    """Whether the address belongs to the world: not to this machine, its networks, or a way around them."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _CLOSED_4)
    return address in _OPEN_6 and not any(address in network for network in _CLOSED_6) and not address.scope_id
