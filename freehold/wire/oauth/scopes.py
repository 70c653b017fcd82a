"""What an application may be allowed, in the Hub's words."""

from collections.abc import Iterable

from freehold.base.words import later

SCOPES = {
    "openid": later("Know that it is you"),
    "profile": later("See your name, your picture and your organisations"),
    "email": later("See your e-mail address"),
    "read-repos": later("Read your repositories, private ones included"),
    "gated-repos": later("Download from gated repositories that let you in"),
    "contribute-repos": later("Create repositories, change those that it made, and open discussions and pull requests"),
    "write-repos": later("Upload to your repositories"),
    "manage-repos": later("Create, change and delete your repositories"),
    "write-discussions": later("Open discussions and pull requests in your name, and comment"),
    "write-collections": later("Change your collections"),
    "webhooks": later("Manage your webhooks"),
    "inference-api": later("Ask models in your name"),
    "jobs": later("Run jobs in your name"),
    "read-billing": later("Know whether you pay; this hub asks nobody to"),
}
"""Every scope that can be asked for, and what it means to a person; the most harmless first."""

EVERYTHING = tuple(SCOPES)
REACHING = frozenset({"read-repos", "contribute-repos", "write-repos", "manage-repos", "write-collections"})
"""Those that an organisation's things can be put under too, if the person chooses it."""

WRITING = frozenset(
    {"contribute-repos", "write-repos", "manage-repos", "write-discussions", "write-collections", "webhooks", "jobs"}
)
IDENTITY = frozenset({"openid", "profile", "email"})


def parse_scope(text: str) -> tuple[str, ...]:
    """The scopes of a request that this hub knows, each once, in its own order.

    Unknown ones are left out, which RFC 6749, section 3.3, allows: the answer tells what was given.
    """
    asked = set(text.split(" "))
    return tuple(scope for scope in SCOPES if scope in asked)


def join_scope(scopes: Iterable[str]) -> str:
    """The scopes as one text."""
    return " ".join(scopes)
