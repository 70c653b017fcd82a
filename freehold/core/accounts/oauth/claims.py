"""What an application is told about a person, by scope, in the words of OpenID Connect and of the Hub."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from freehold.core.accounts.people import Account, OrgMembership, People


@dataclass(frozen=True, slots=True)
class Teller:
    """Makes claims; `base` is the hub's address without a trailing slash."""

    people: People
    base: str

    def of(self, account: Account, scopes: Sequence[str]) -> dict[str, Any]:
        """The claims about an account: `sub` is its row id, which is never given to another."""
        claims: dict[str, Any] = {"sub": account.id}
        if "profile" in scopes:
            orgs = self.people.orgs_of(account.id)
            claims |= {
                "name": account.full_name or account.name,
                "preferred_username": account.name,
                "profile": f"{self.base}/{quote(account.name)}",
                "picture": self._picture(account.name),
                "isPro": False,
                "canPay": False,
                "orgs": [self._org(org) for org in orgs],
                "groups": [org.name for org in orgs],
            }
            if account.website:
                claims["website"] = account.website
        if "email" in scopes and account.email:
            claims |= {"email": account.email, "email_verified": True}  # the hub keeps no other
        return claims

    def _org(self, org: OrgMembership) -> dict[str, Any]:
        return {
            "sub": org.id,
            "name": org.full_name or org.name,
            "preferred_username": org.name,
            "picture": self._picture(org.name),
            "roleInOrg": org.role,
            "isEnterprise": False,
            "canPay": False,
        }

    def _picture(self, name: str) -> str:
        return f"{self.base}/-/avatar/{quote(name)}"
