"""Where a request comes from, told so coarsely that it names a network and no person."""

import ipaddress

from starlette.requests import HTTPConnection


def network_of(request: HTTPConnection) -> str:
    """The caller's network: `192.0.2.0/24`, `2001:db8:1::/48`; empty where the address is not known."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return ""
    return str(ipaddress.ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False))
