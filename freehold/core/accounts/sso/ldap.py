"""Signing in by a directory: who its people are here, proven by a bind with their own password."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog

from freehold.base.errors import BadCredentials, Invalid, NotReached
from freehold.base.ids import is_name
from freehold.base.words import later
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.signing_in.changing import BY_DIRECTORY
from freehold.core.accounts.sso.foreign import ForeignAccounts
from freehold.core.accounts.sso.policy import MOST_GROUPS, Admission, as_name
from freehold.stores.ldap.client import Server, Session
from freehold.wire.ldap.filters import encoded
from freehold.wire.ldap.messages import Entry
from freehold.wire.oauth.jose import Claims

log = structlog.get_logger("freehold")

WRONG = later("The name or the password is wrong.")
"""Letter by letter what a wrong password of the hub answers."""
LONGEST_NAME, LONGEST_PASSWORD = 254, 1000


@dataclass(frozen=True)
class LdapPolicy(Admission):
    """The directory, as the table `[ldap]` of the settings file."""

    url: str
    """`ldaps://host`, or `ldap://host` with `start_tls`; a port may follow."""
    base: str
    """Below which entry people are, such as `ou=people,dc=example,dc=org`."""
    start_tls: bool = False
    ca_file: str = ""
    """Certificates (PEM) of who vouches for the server; empty: those that the system trusts."""
    plain: bool = False
    """Allows `ldap://` without TLS, on this very machine only."""
    timeout_s: float = 5
    """Seconds for one sign-in's questions in all."""
    bind_dn: str = ""
    """As whom the hub searches; empty: as nobody."""
    bind_password: str = ""
    filter: str = "(uid={name})"
    """Which entry is the person's; `{name}` is what they typed."""
    id: str = "entryUUID"
    """The attribute that stays the same for ever; Active Directory calls it objectGUID."""
    login: str = "uid"
    """The attribute that a new account's name is made of."""
    full_name: str = "cn"
    mail: str = "mail"
    group_base: str = ""
    group_filter: str = "(member={dn})"
    """Which groups a person is in; `{dn}` is their entry's name, `{name}` the value of the attribute `login`."""
    group_name: str = "cn"
    issuer: str = "ldap:directory"
    """Under which name the hub remembers who is whom: `ldap:` and a word. The url may change, this may not."""
    title: str = "The directory"
    domains: tuple[str, ...] = ()
    create: bool = False
    link_by_email: bool = False
    groups: Mapping[str, str] = field(default_factory=dict)

    name = "ldap"
    groups_claim = "groups"

    def __post_init__(self) -> None:
        self.server  # noqa: B018 - it says what is wrong with the address
        if not self.issuer.startswith(BY_DIRECTORY) or not self.title:
            raise Invalid(f"The directory's issuer is {BY_DIRECTORY} and a word, and its title not empty.")
        if not self.base:
            raise Invalid("The directory needs a base: below which entry are its people?")
        if bool(self.bind_dn) != bool(self.bind_password):
            raise Invalid("The directory's bind_dn and bind_password belong together; without both, the hub is nobody.")
        if "{name}" not in self.filter:
            raise Invalid("The directory's filter must hold {name}, or everybody would be the same person.")
        encoded(self.filter, {"name": "x"})
        encoded(self.group_filter, {"name": "x", "dn": "x"})
        if self.groups and not self.group_base:
            raise Invalid("The directory's groups need a group_base: below which entry are they?")
        self.check_groups()

    @property
    def server(self) -> Server:
        """Where it is. Raises Invalid."""
        return Server(self.url, self.start_tls, self.ca_file, self.plain, self.timeout_s)

    def names(self, claims: Claims) -> list[str]:
        """The one name that an account may have: whoever has it already is somebody else."""
        name = as_name(str(claims.get("preferred_username", "")))
        return [name] if is_name(name) else []


@dataclass(frozen=True, slots=True)
class LdapDirectory:
    """Asks the directory of `policy` who somebody is."""

    policy: LdapPolicy
    accounts: ForeignAccounts

    def account_of(self, said: str, password: str) -> str:
        """The id of the account that somebody comes in to.

        Raises BadCredentials, alike for who is unknown and for a wrong password, and NotReached if it is away.
        """
        return self.accounts.come_in(self.policy, self._asked(said, password))

    @property
    def label(self) -> str:
        """What people call it."""
        return self.policy.label

    @property
    def issuer(self) -> str:
        """What the hub calls it."""
        return self.policy.issuer

    def link(self, actor: Actor, said: str, password: str) -> None:
        """Let whoever is signed in come in by it from now on. Raises as `account_of`, and Conflict."""
        self.accounts.link(actor, self.policy, self._asked(said, password))

    def _asked(self, said: str, password: str) -> Claims:
        if not _askable(said, password):
            raise BadCredentials(WRONG)
        try:
            return self._claims(said, password)
        except NotReached as error:
            log.warning("ldap.away", error=error.message)
            raise NotReached(
                f"{self.policy.label} could not be asked, so only people with a password of this hub can sign in now."
                " Try again in a while, and tell the operator of this hub if it lasts."
            ) from error

    def _claims(self, said: str, password: str) -> Claims:
        """What the directory says of a person, once their password was right."""
        policy = self.policy
        with Session(policy.server) as session:
            self._be_the_hub(session)
            wanted = [policy.id, policy.login, policy.full_name, policy.mail]
            found = session.search(policy.base, encoded(policy.filter, {"name": said}), wanted, most=1)
            entry = found[0] if found and found[0].dn else None
            # Somebody unknown costs a bind as well, with an entry that nobody can have.
            dn = entry.dn if entry else f"cn={secrets.token_hex(16)},{policy.base}"
            if not session.bind(dn, password) or entry is None:
                raise BadCredentials(WRONG)
            return {**self._said_of(entry), "groups": self._groups(session, entry)}

    def _be_the_hub(self, session: Session) -> None:
        if self.policy.bind_dn and not session.bind(self.policy.bind_dn, self.policy.bind_password):
            raise NotReached(f"The directory does not take the password of {self.policy.bind_dn}.")

    def _said_of(self, entry: Entry) -> Claims:
        policy = self.policy
        ids = entry.values.get(policy.id.lower(), ())
        if len(ids) != 1:
            raise NotReached(f"The directory gives no single {policy.id} of {entry.dn}.")
        said = {
            "sub": _as_text(ids[0]),
            "preferred_username": entry.text(policy.login),
            "name": entry.text(policy.full_name),
        }
        mail = entry.text(policy.mail)
        return said | ({"email": mail, "email_verified": True} if mail else {})

    def _groups(self, session: Session, entry: Entry) -> list[str]:
        policy = self.policy
        if not policy.groups:
            return []
        if policy.bind_dn:
            self._be_the_hub(session)
        wanted = encoded(policy.group_filter, {"dn": entry.dn, "name": entry.text(policy.login)})
        found = session.search(policy.group_base, wanted, [policy.group_name], most=MOST_GROUPS)
        return [name for group in found for name in group.texts(policy.group_name)]


def _askable(said: str, password: str) -> bool:
    """Whether the directory may be asked at all.

    An empty password would be believed without a look (RFC 4513, 5.1.2), and one with a zero may be read as empty.
    Directories take many spellings of a name for one (RFC 4518), and tries are counted by spelling: so plain ASCII.
    """
    plain = said.isascii() and said.isprintable() and " " not in said and 0 < len(said) <= LONGEST_NAME
    return plain and 0 < len(password) <= LONGEST_PASSWORD and "\0" not in password


def _as_text(value: bytes) -> str:
    """An identity as text: Active Directory's are sixteen bytes of anything."""
    try:
        text = value.decode("ascii")
    except UnicodeDecodeError:
        return value.hex()
    return text if text.isprintable() else value.hex()
