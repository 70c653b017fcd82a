"""What another provider says about itself, read with suspicion (OpenID Connect Discovery 1.0)."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import msgspec

from freehold.base.errors import Invalid
from freehold.wire.oauth.jose import Jwks

PATH = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Provider:
    """The addresses of a provider; those that it does not have are empty."""

    issuer: str
    jwks_uri: str
    authorization_endpoint: str = ""
    token_endpoint: str = ""
    userinfo_endpoint: str = ""
    answers_with_issuer: bool = False
    """Whether its answers in the browser carry `iss` (RFC 9207), so that one without is somebody else's."""
    basic: bool = True
    """Whether its token endpoint takes the client's secret in a Basic header, the default."""


def check_issuer(issuer: str) -> str:
    """The issuer as it is. Raises Invalid for an address that is none, or that anybody on the way could answer for."""
    parts = urlsplit(issuer)
    if parts.query or parts.fragment or not parts.hostname or "@" in parts.netloc or not issuer.isascii():
        raise Invalid("An issuer is an address such as https://login.example.org, without a query.")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname)):
        raise Invalid("An issuer begins with https://.")
    return issuer


def parse_provider(issuer: str, body: bytes) -> Provider:
    """The discovery document of `issuer`. Raises Invalid, also for one that speaks for somebody else."""
    found = _object(body)
    if found.get("issuer") != issuer:
        raise Invalid(f"{issuer} answered in the name of another issuer.")
    names = ("jwks_uri", "authorization_endpoint", "token_endpoint", "userinfo_endpoint")
    addresses = {name: _address(found.get(name, "")) for name in names}
    if not addresses["jwks_uri"]:
        raise Invalid(f"{issuer} does not say where its keys are.")
    methods = found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return Provider(
        issuer,
        **addresses,
        answers_with_issuer=found.get("authorization_response_iss_parameter_supported") is True,
        basic=isinstance(methods, list) and "client_secret_basic" in methods,
    )


def parse_keys(body: bytes) -> Jwks:
    """A key set. Raises Invalid."""
    return _object(body)


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Invalid("The issuer's document could not be read.") from None


def _address(value: object) -> str:
    if value == "":
        return ""
    if not isinstance(value, str) or len(value) > 1000:
        raise Invalid("The issuer's document names an address that is none.")
    parts = urlsplit(value)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname or "")):
        raise Invalid("The issuer's document names an address that does not begin with https://.")
    return value


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
