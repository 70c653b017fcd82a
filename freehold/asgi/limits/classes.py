"""Which class of requests one belongs to, and what the operator allows of each; the first three are the Hub's own."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from freehold.base.errors import Invalid

CLASSES = ("api", "resolvers", "pages", "writes", "git", "uploads")

_FREE = re.compile(r"/(healthz|readyz|metrics|xet/[^/]+/v1/fetch/.*|-/.*\.[0-9a-f]{12}\.\w+)")
"""For whoever watches the hub, links that a counted answer gave, and what every page loads."""

_GIT = re.compile(r".*/(info/refs|git-upload-pack|git-receive-pack|info/lfs/.*)")
_RESOLVERS = re.compile(r"(/[^/]+){2,3}/(resolve|raw)/.*|/xet/.*|/v2/.*|/api/lfs/.*")
_PIECES = re.compile(r"(/[^/]+){2,3}/incoming/[^/]+/[0-9]+")
"""Files that come by the upload page, a piece a request."""
_READ_BY_POST = re.compile(r".*/(paths-info/.*|paths-info|preupload/.*|validate-yaml|reconstructions)")
"""Addresses of the API that take a body to say what is asked for."""


def class_of(method: str, path: str) -> str | None:
    """The class of a request by its raw path; None: it is not counted."""
    if _FREE.fullmatch(path):
        return None
    if _GIT.fullmatch(path):
        return "git"
    reads = method in ("GET", "HEAD", "OPTIONS") or _READ_BY_POST.fullmatch(path) is not None
    if _RESOLVERS.fullmatch(path) or _PIECES.fullmatch(path):
        return "resolvers" if reads else "uploads"
    if not reads:
        return "writes"
    return "api" if path.startswith("/api/") else "pages"


def parse_quotas(text: str) -> Mapping[str, int]:
    """`api=5000, pages=2000` as how many requests a window may have; what is not named, or 0, has no limit."""
    quotas = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, count = (word.strip() for word in part.partition("="))
        if name not in CLASSES or not (count.isascii() and count.isdigit() and len(count) < 10):
            raise Invalid(f"rate_limits: {part!r} is not one of {', '.join(CLASSES)} with a number, such as api=5000.")
        if int(count):
            quotas[name] = int(count)
    return MappingProxyType(quotas)
