"""The reference policy: who may do what, written from ARCHITECTURE.md and not from the code; it imports none of it.

It says what class of answer a caller must get:

    ok         anything that is not one of the others: done, or refused for what was sent
    sign in    401, or a page that leads to the sign-in form
    forbidden  403
               (whoever is nobody may be told either)
    gone       the very answer that a thing which never existed gives
    moved      not done: the new address, or any refusal
    refused    not done, in whatever words
"""

from dataclasses import dataclass, replace

RIGHTS = ("nothing", "read", "propose", "write", "admin")
IN_ACME = {"zoe": "propose", "yann": "propose", "bob": "write", "robot": "write", "alice": "admin", "nina": "nothing"}
IN_GROUP = {"zoe": "write"}
"""What is in a group of resources is for its members, and for those who administer the organisation."""
LET_IN = {"ada"}
"""Whom the gates have let in for now; others wait, were rejected, or their grants have ended."""

OF_THINGS = {"READ": "read", "CONTENT": "read", "PROPOSE": "propose", "WRITE": "write", "ADMIN": "admin"}
OF_NAMESPACES = {"MEMBER": "propose", "CREATE": "write", "STEWARD": "admin"}


@dataclass(frozen=True)
class Caller:
    """Somebody, as far as this policy knows them."""

    person: str
    """Empty for nobody."""
    may_write: bool = True
    dead: bool = False
    """The credential is revoked, expired, made up, or of somebody who was shut out."""
    scope: str | None = None
    """All that a narrow credential is for: an owner, a thing, or `nothing`; None: it is not narrow."""
    shut_out: bool = False
    """acme has shut the credential out, or it is not what acme asks of tokens: to it, its holder is no member."""
    key_of: str = ""
    """The repository whose deploy key it is; such a key is nobody."""

    def covers(self, thing: "Thing") -> bool:
        """Whether the credential is for this thing, as far as it is narrow."""
        return self.scope is None or self.scope in (thing.owner, thing.name)

    def is_barred(self, owner: str) -> bool:
        """Whether it counts for nothing in this namespace but to read what is public."""
        return self.shut_out and owner == "acme"


@dataclass(frozen=True)
class Thing:
    """A repository, bucket or collection, as far as this policy knows it."""

    name: str
    owner: str = "acme"
    visibility: str = "public"
    """`public`, `private`, or `absent`."""
    gated: bool = False
    moved: bool = False
    grouped: bool = False
    hold: str = ""
    """`quarantined` or `disabled`, if administrators of the hub hold it."""


def right(caller: Caller, thing: Thing) -> str:
    """One of RIGHTS, as it is while nobody holds the thing."""
    if caller.key_of and thing.visibility != "absent":
        public = "read" if thing.visibility == "public" else "nothing"
        return ("write" if caller.may_write else "read") if caller.key_of == thing.name else public
    full = role(caller, thing.owner, thing.grouped)
    if full == "nothing" and thing.visibility == "public":
        full = "propose" if caller.person and not caller.is_barred(thing.owner) else "read"
    if thing.visibility == "absent" or (thing.visibility == "private" and not caller.covers(thing)):
        return "nothing"
    return min(full, "admin" if caller.may_write and caller.covers(thing) else "read", key=RIGHTS.index)


def role(caller: Caller, owner: str, grouped: bool = False) -> str:
    """The right that somebody has in a namespace as a whole, or in its one group."""
    if caller.is_barred(owner):
        return "nothing"
    if caller.person in {"admin", owner} and (caller.scope is None or caller.person == owner):
        return "admin"  # a narrow token of who administers the hub is that of anybody
    held = IN_ACME.get(caller.person, "nothing") if owner == "acme" else "nothing"
    return IN_GROUP.get(caller.person, "nothing") if grouped and held != "admin" else held


def expected(need: str, caller: Caller, thing: Thing) -> set[str]:
    """The classes of answer that are right when `caller` asks for what takes `need`."""
    refused = {"forbidden"} if caller.person else {"forbidden", "sign in"}
    if need == "LINK":
        return {"refused", "sign in"}  # nobody has it here
    if caller.dead:
        return {"sign in"} | ({"ok"} if need == "NOTHING" else set())
    if need in OF_THINGS:
        return _of_thing(OF_THINGS[need], need == "CONTENT", caller, thing, refused)
    if need == "FREE":  # to copy it: whoever reads it may, but not while it is held
        return refused if thing.hold and (caller.person != "admin" or caller.scope is not None) else {"ok"}
    if need == "MEMBER" and thing.owner == "acme" and caller.person in IN_ACME:
        return {"ok"}  # whatever the role: what is listed is what the caller may see
    if need in OF_NAMESPACES:
        held, least = RIGHTS.index(role(caller, thing.owner)), RIGHTS.index(OF_NAMESPACES[need])
        contributes = need == "CREATE" and caller.person == "yann" and thing.owner == "acme"
        kept = need in {"CREATE", "STEWARD"} and not caller.may_write
        return {"ok"} if (held >= least or contributes) and not kept else refused
    allowed = {
        "NOTHING": True,
        "ACCOUNT": bool(caller.person),
        "SESSION": bool(caller.person),
        "ACTING": bool(caller.person) and caller.may_write,
        "OPERATOR": caller.person == "admin",
    }
    if need == "OPERATOR" and caller.person == "admin" and not caller.may_write:
        return {"ok", "forbidden"}  # some pages take a token that reads, and no form takes any
    return {"ok"} if allowed[need] else refused


def _of_thing(least: str, content: bool, caller: Caller, thing: Thing, refused: set[str]) -> set[str]:
    held = right(caller, thing)
    if held == "nothing":
        return {"gone"}
    if thing.moved:
        return {"moved"} | _of_thing(least, content, caller, replace(thing, moved=False), refused)
    if thing.hold and (caller.person != "admin" or caller.scope is not None):
        looks_on = thing.hold == "quarantined" and role(caller, thing.owner) == "admin"
        held = "read" if looks_on else "nothing"
    if RIGHTS.index(held) < RIGHTS.index(least):
        return refused
    belongs = role(caller, thing.owner, thing.grouped) != "nothing" or caller.person in LET_IN
    let_in = caller.key_of == thing.name or (caller.covers(thing) and belongs)
    return refused if content and thing.gated and not let_in else {"ok"}
