"""What the operator says of a provider: whom it may let in, as whom, and into which organisations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from freehold.base.errors import BadCredentials, Invalid
from freehold.base.ids import is_name
from freehold.core.accounts.access import ROLES
from freehold.wire.oauth.discovery import check_issuer
from freehold.wire.oauth.jose import Claims

MOST_GROUPS = 1000


class Admission:
    """Whom a provider or a directory lets in, as whom, and what their groups give them."""

    name: str
    issuer: str
    title: str
    domains: tuple[str, ...]
    create: bool
    link_by_email: bool
    groups_claim: str
    groups: Mapping[str, str]

    @property
    def label(self) -> str:
        """What the provider is called."""
        return self.title or self.name

    def check_groups(self) -> None:
        """Raise Invalid for groups that give nothing known."""
        for group, given in self.groups.items():
            org, _, role = given.partition(":")
            if not org or role not in ROLES:
                raise Invalid(f"What the group {group!r} gives is written as organisation:role, such as acme:write.")

    def names(self, claims: Claims) -> list[str]:
        """Names that a new account could have, the best first."""
        return names_for(claims)

    def admit(self, claims: Claims) -> None:
        """Raise BadCredentials for somebody whom the operator does not want in."""
        domains = {domain.lower().lstrip("@") for domain in self.domains}
        if domains and domain_of(verified_email(claims)) not in domains:
            raise BadCredentials(
                f"{self.label} does not say that you have a mail address of {', '.join(sorted(domains))}, so this hub"
                " does not let you in by it."
            )

    def roles(self, claims: Claims) -> dict[str, str | None]:
        """Each organisation that groups decide about, with the highest role that is given; None: no membership."""
        said = claims.get(self.groups_claim)
        mine = {one for one in said[:MOST_GROUPS] if isinstance(one, str)} if isinstance(said, list) else set()
        roles: dict[str, str | None] = {}
        for group, given in self.groups.items():
            org, _, role = given.partition(":")
            best = roles.setdefault(org, None)
            if group in mine and (best is None or ROLES.index(role) > ROLES.index(best)):
                roles[org] = role
        return roles


@dataclass(frozen=True)
class Policy(Admission):
    """One provider, as a table `[[providers]]` of the settings file."""

    name: str
    """A word for its address: `/login/with/{name}`."""
    issuer: str
    client_id: str
    client_secret: str = ""
    title: str = ""
    """What the button says; empty: `name`."""
    scopes: str = "openid profile email"
    domains: tuple[str, ...] = ()
    """Mail domains whose people may come in, by an address that the provider has verified; empty: all."""
    create: bool = False
    """Whether whoever comes in for the first time gets an account."""
    link_by_email: bool = False
    """Whether an account that has confirmed the same mail address is theirs. Only for a provider that verifies them."""
    groups_claim: str = "groups"
    groups: Mapping[str, str] = field(default_factory=dict)
    """What each group gives: `{"ml-team" = "acme:write"}`, an organisation and a role in it."""

    def __post_init__(self) -> None:
        if not is_name(self.name):
            raise Invalid(f"The provider's name {self.name!r} is not a word for an address.")
        check_issuer(self.issuer)
        if "openid" not in self.scopes.split() or not self.client_id:
            raise Invalid(f"The provider {self.name!r} needs a client_id, and the scope openid.")
        self.check_groups()


def by_name(policies: Sequence[Policy], name: str) -> Policy | None:
    """The provider of that name."""
    return next((one for one in policies if one.name == name), None)


def verified_email(claims: Claims) -> str:
    """The mail address that the provider has verified; empty without one."""
    email: Any = claims.get("email")
    return email if isinstance(email, str) and claims.get("email_verified") is True else ""


def domain_of(email: str) -> str:
    """What follows the last `@`, in lower case."""
    return email.rpartition("@")[2].lower() if "@" in email else ""


def names_for(claims: Claims) -> list[str]:
    """Names that a new account could have, the best first."""
    said = [claims.get("preferred_username"), domainless(claims.get("email")), claims.get("nickname")]
    found = [name for text in said if isinstance(text, str) and (name := as_name(text))]
    base = found[0] if found else f"user-{str(claims.get('sub', ''))[:8].lower()}"
    return [name for name in (*found, *(f"{base[:90]}-{number}" for number in range(2, 30))) if is_name(name)]


def domainless(email: object) -> str:
    """What comes before the `@`."""
    return email.partition("@")[0] if isinstance(email, str) else ""


def as_name(text: str) -> str:
    """What of a text can stand in a name."""
    text = domainless(text) if "@" in text else text
    kept = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in text)
    return "-".join(part for part in kept.split("-") if part)[:90]
