"""The one resolver for names that others chose: it asks for texts, in a few seconds, and believes nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from freehold.base.errors import Invalid, NotReached

SECONDS = 5
"""For a whole question, whatever resolvers there are."""

MOST_TEXTS = 100
LONGEST_TEXT = 1000

Server = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Names:
    """Asks the given resolvers, or those that the machine is set up with. Nothing that they say is kept."""

    servers: Sequence[Server] = ()

    def texts(self, name: str) -> list[str]:
        """The TXT records of a name; none where it does not exist. Raises NotReached where that cannot be known."""
        # Here, since the library is slow to load and few processes ever ask.
        import dns.exception  # noqa: PLC0415
        import dns.nameserver  # noqa: PLC0415
        import dns.resolver  # noqa: PLC0415

        try:
            resolver = dns.resolver.Resolver(configure=not self.servers)
            if self.servers:
                resolver.nameservers = [dns.nameserver.Do53Nameserver(host, port) for host, port in self.servers]
            found = resolver.resolve(f"{name}.", "TXT", lifetime=SECONDS, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError) as error:
            raise NotReached(
                f"The DNS gave no answer about {name}: {type(error).__name__}. Try again later."
            ) from error
        texts = (b"".join(record.strings) for record in list(found)[:MOST_TEXTS])
        return [text.decode("ascii", "replace") for text in texts if len(text) <= LONGEST_TEXT]


def parse_servers(text: str) -> list[Server]:
    """`127.0.0.1:5353, [::1]:53, 9.9.9.9` as addresses with ports. Raises Invalid."""
    return [_server(part.strip()) for part in text.split(",") if part.strip()]


def _server(text: str) -> Server:
    with_port = text.count(":") == 1 or "]:" in text
    host, _, port = text.rpartition(":") if with_port else (text, "", "53")
    try:
        address = str(ip_address(host.strip("[]")))
        if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise ValueError
    except ValueError:
        raise Invalid(f"{text[:100]!r} is no resolver: write an address, or an address and a port.") from None
    return address, int(port)
