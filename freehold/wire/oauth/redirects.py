"""Addresses that an application may be returned to: written down beforehand, and compared letter by letter."""

from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from urllib.parse import quote, urlencode, urlsplit

from freehold.base.errors import Invalid

LONGEST = 1000


def check_redirect(uri: str) -> None:
    """Raise Invalid for an address that no application may register."""
    if len(uri) > LONGEST or not uri.isascii() or any(ord(letter) <= 32 or ord(letter) == 127 for letter in uri):
        raise Invalid(f"An address to return to is written in at most {LONGEST} ASCII characters, without blanks.")
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        raise Invalid(f"{uri[:100]!r} is not an address.") from None
    host = parts.hostname or ""
    if not host or port == 0 or "\\" in uri or "@" in parts.netloc:
        raise Invalid(f"{uri[:100]!r} is not an address with a host name, and without a user name.")
    if parts.fragment or uri.endswith("#"):
        raise Invalid("An address to return to has no fragment (#…).")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
        raise Invalid("An address to return to begins with https://, or with http://127.0.0.1 for programs.")


def fits(uri: str, registered: Iterable[str]) -> bool:
    """Whether an application that registered these may be returned to `uri`: the very text, no pattern.

    Programs on a person's own machine may use any port of a loopback address: RFC 8252, section 7.3.
    """
    if uri in (known := tuple(registered)):
        return True
    try:
        check_redirect(uri)
    except Invalid:
        return False
    portless = _without_port(uri)
    return portless is not None and portless in {_without_port(one) for one in known}


def _without_port(uri: str) -> str | None:
    parts = urlsplit(uri)
    if parts.scheme != "http" or not _is_address(parts.hostname or ""):
        return None
    return parts._replace(netloc=parts.netloc.rpartition(":")[0] if parts.port else parts.netloc).geturl()


def _is_loopback(host: str) -> bool:
    return host == "localhost" or _is_address(host)


def _is_address(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def answer_at(uri: str, answer: Mapping[str, str]) -> str:
    """`uri` with the answer in its query."""
    joint = "&" if urlsplit(uri).query else "?"
    return f"{uri.rstrip('?')}{joint}{urlencode(answer, quote_via=quote)}"


def host_of(uri: str) -> str:
    """Where an address leads, as people should read it: host and port."""
    return urlsplit(uri).netloc
