"""A caller's network, and never their address."""

import pytest
from starlette.requests import Request

from freehold.asgi.networks import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("unix:/run/hub.sock", ""),
        ("", ""),
    ],
)
def test_an_address_is_told_coarsely(address: str, network: str):
    assert network_of(Request({"type": "http", "client": (address, 1), "headers": []})) == network


def test_no_address_is_no_network():
    assert network_of(Request({"type": "http", "client": None, "headers": []})) == ""
