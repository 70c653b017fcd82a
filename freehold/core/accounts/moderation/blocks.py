"""The block lists: names, e-mail domains, networks and contents that may not come, each with a reason."""

import ipaddress
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from freehold.base.clock import Clock, now
from freehold.base.errors import Invalid, NotFound
from freehold.base.ids import is_digest
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.moderation.operators import checked_reason, demand_operator
from freehold.core.accounts.names import looks_like
from freehold.stores.db.database import Database

KINDS = ("name", "email", "network", "content")

_DOMAIN = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63}){1,10}", re.ASCII)
_WIDEST = {4: 8, 6: 16}

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Block:
    """One line of a list."""

    kind: str
    value: str
    reason: str
    actor_name: str
    created_at: int


class Blocks:
    """Administrators fill the lists; `core/accounts/blocked` asks them."""

    def __init__(self, db: Database, clock: Clock = now) -> None:
        self._db, self._clock = db, clock

    def add(self, actor: Actor, kind: str, value: str, reason: str) -> Block:
        """Put something on a list, or give it another reason. Raises Forbidden and Invalid."""
        demand_operator(actor)
        block = Block(kind, normal(kind, value), checked_reason(reason), actor.name, self._clock())
        with self._db.write() as tx:
            tx.run(
                "INSERT INTO accounts_block (kind, value, reason, actor_name, created_at)"
                " VALUES (:kind, :value, :reason, :actor, :at) ON CONFLICT (kind, value) DO UPDATE SET"
                " reason = :reason, actor_name = :actor, created_at = :at",
                kind=kind, value=block.value, reason=block.reason, actor=actor.name, at=block.created_at,
            )  # fmt: skip
            record(tx, actor, "block.add", f"{kind} {block.value}", reason=block.reason)
        return block

    def remove(self, actor: Actor, kind: str, value: str, reason: str) -> None:
        """Take something off a list. Raises Forbidden, Invalid, NotFound."""
        demand_operator(actor)
        why = checked_reason(reason)
        with self._db.write() as tx:
            gone = tx.run("DELETE FROM accounts_block WHERE kind = :kind AND value = :value", kind=kind, value=value)
            if not gone.rowcount:
                raise NotFound("This is on no list.")
            record(tx, actor, "block.remove", f"{kind} {value}", reason=why)

    def listed(self, actor: Actor, kind: str = "", after: tuple[str, str] = ("", ""), limit: int = 100) -> list[Block]:
        """A page of all lists, or of one, in the order of their values. Raises Forbidden."""
        demand_operator(actor, to_change=False)
        where = "AND kind = :kind" if kind else ""
        with self._db.read() as tx:
            rows = tx.all(
                "SELECT kind, value, reason, actor_name, created_at FROM accounts_block WHERE (kind > :after_kind"
                f" OR (kind = :after_kind AND value > :after)) {where} ORDER BY kind, value LIMIT :limit",
                after_kind=after[0], after=after[1], limit=limit, **({"kind": kind} if kind else {}),
            )  # fmt: skip
        return [Block(*row) for row in rows]

    def networks(self) -> Sequence[Network]:
        """Whose requests are refused."""
        with self._db.read() as tx:
            rows = tx.all("SELECT value FROM accounts_block WHERE kind = 'network' ORDER BY value")
        return [ipaddress.ip_network(row.value) for row in rows]


def normal(kind: str, value: str) -> str:
    """The form in which a value of a list is kept. Raises Invalid."""
    forms: dict[str, Callable[[str], str]] = {
        "name": _name, "email": _email, "network": _network, "content": _content,
    }  # fmt: skip
    if kind not in forms:
        raise Invalid(f"A block list is one of {', '.join(KINDS)}.")
    return forms[kind](value.strip())


def _name(value: str) -> str:
    if not value or len(value) > 96:
        raise Invalid("Give the name that no account may take; names that look like it are blocked with it.")
    return looks_like(value)


def _email(value: str) -> str:
    domain = value.rpartition("@")[2].lower().rstrip(".")
    if not _DOMAIN.fullmatch(domain):
        raise Invalid("Give the domain after the @, such as example.org; those below it are blocked with it.")
    return domain


def _network(value: str) -> str:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise Invalid("Give an address or a network, such as 192.0.2.0/24 or 2001:db8::/32.") from None
    if network.prefixlen < _WIDEST[network.version] or network.is_loopback:
        raise Invalid("This network is too wide, or it is this machine itself.")
    return str(network)


def _content(value: str) -> str:
    if not is_digest(value.lower()):
        raise Invalid("Give a SHA-256 or a Xet hash: 64 hexadecimal digits.")
    return value.lower()
