"""One frozen, typed settings object; the only reader of environment and files."""

import ast
import inspect
import os
import re
import tomllib
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from freehold.base.errors import Invalid
from freehold.core.accounts.sso.ldap import LdapPolicy
from freehold.core.accounts.sso.policy import Policy

GIB = 1 << 30

_SECRET = re.compile(r"(_key|_secret|_password|_token)s?$|^(key|secret|password|token)s?$")


@dataclass(frozen=True)
class Settings:
    """Every setting is a key of the TOML file and, as `FREEHOLD_` and upper case, a variable; the variable wins."""

    data: Path = Path("hub-data")
    """The folder of everything that is kept: database, blobs, caches."""
    host: str = "127.0.0.1"
    port: int = 8000
    ssh_port: int = 0
    """Where git is reached by SSH, on the same host; 0: not at all. Needs the extra `freehold[ssh]`."""
    workers: int = 1
    jobs: bool = True
    """Whether serving processes also do the background work; set it to false where `freehold worker` does."""
    url: str = ""
    """The address people use, when a proxy hides it (`https://hub.example.org/prefix`); else taken from the request."""
    second_url: str = ""
    """The hub's address by another host name: Ollama takes private models only from where it was led to elsewhere."""
    database: str = ""
    """`postgresql://…`; empty: SQLite in the data folder."""
    storage: str = ""
    """`s3://bucket/prefix?endpoint=…&region=…`; empty: the data folder. Its keys are the two settings below."""
    s3_access_key: str = ""
    s3_secret_key: str = ""
    trusted_proxies: str = ""
    """Comma-separated addresses or networks whose `X-Forwarded-*` headers are believed."""
    rate_limits: str = "api=6000, resolvers=30000, pages=3000, writes=3000, git=3000, uploads=30000"
    """How many requests of each class an account, or an address without one, may send in a window; empty: any."""
    rate_limit_window_s: int = 300
    rate_limit_exempt: str = "127.0.0.0/8, ::1"
    """Comma-separated networks whose requests are not counted."""
    log_format: str = "text"
    """`text` or `json`."""
    max_file_bytes: int = 500 * GIB
    quota_bytes: int = 0
    """What a namespace may hold in large files unless its account says otherwise; 0: no limit."""
    quota_files: int = 0
    """How many large files, those of buckets included, a namespace may hold unless its account says otherwise."""
    quota_repositories: int = 0
    """How many repositories and buckets a namespace may have unless its account says otherwise."""
    lfs_part_bytes: int = 4 * GIB
    """LFS uploads above this go in parts of this size; lower it where a proxy limits the size of a request."""
    plain_cache_bytes: int = 20 * GIB
    """How much of what is Xet-backed may also be kept whole, for plain downloads at the kernel's speed."""
    git_cache_bytes: int = 20 * GIB
    """How much of the git packs of an object store each data folder keeps at hand; the least used go first."""
    gc_keep_days: int = -1
    """Days that what nothing names any more is kept, unless its namespace has a rule of its own; -1: for ever."""
    unlinked_bytes_per_day: int = 0
    """How many bytes one account may upload in a day that no file uses yet; 0: no limit."""
    audit_personal_days: int = 180
    """Days that addresses and browsers stay in the audit; -1: for ever. All else in it stays anyway."""
    attachments_bytes: int = GIB
    """How many bytes one account may attach to comments in all; 0: no limit."""
    sign_up: str = "invitation"
    """Who may make an account: `closed` (the operator adds people), `invitation`, or `open` to everybody."""
    require_second_factor: bool = False
    """Whether everybody must sign in with a passkey or a code beside their password; who has none sets one up."""
    seal_key: str = ""
    """64 hexadecimal digits, the same for every process: seals what is kept secret in the database; empty: the file
    `seal.key` in the data folder, which the hub makes."""
    hub_name: str = "Freehold"
    providers: str = ""
    """A TOML file of OpenID providers, and of an LDAP directory, that people may sign in with, see docs/sign-in.md;
    empty: none."""
    outbound_networks: str = ""
    """Comma-separated internal networks (`10.1.0.0/16`) that webhooks may reach, on any port; public addresses they may
    reach anyway, on the ports 80 and 443."""
    dns_servers: str = ""
    """Comma-separated resolvers (`10.0.0.53`, `127.0.0.1:5353`) that are asked whether a domain is an organisation's;
    empty: those of the machine."""
    smtp_url: str = ""
    """`smtp://user:password@host:587` or `smtps://…`: by which server people are mailed; empty: they are not."""
    mail_from: str = ""
    """The address that mails come from."""

    def __post_init__(self) -> None:
        # Programs that the hub starts work in folders of their own, where a relative path would lead elsewhere.
        object.__setattr__(self, "data", self.data.absolute())


class Providers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the file holds that `providers` names."""

    providers: tuple[Policy, ...] = ()
    ldap: LdapPolicy | None = None


def read_providers(file: str) -> Providers:
    """The providers that a file lists as `[[providers]]`, and its directory `[ldap]`. Raises Invalid."""
    if not file:
        return Providers()
    try:
        listed = tomllib.loads(Path(file).read_text("utf-8"))
        found = msgspec.convert(listed, Providers)
    except (OSError, ValueError) as error:  # a wrong form is a ValueError too
        raise Invalid(f"The providers in {file} could not be read: {error}.") from error
    names = [policy.name for policy in found.providers]
    if len(set(names)) != len(names):
        raise Invalid(f"Two [[providers]] in {file} have the same name.")
    unknown = set(listed.get("ldap", ())) - {field.name for field in fields(LdapPolicy)}
    if unknown:
        raise Invalid(f"[ldap] in {file} has no setting {min(unknown)!r}.")
    return found


def load(file: Path | None = None, **overrides: Any) -> Settings:
    """Settings from `file` (or `FREEHOLD_CONFIG`), then `FREEHOLD_*` variables, then `overrides` that are not None.

    Raises Invalid for an unknown key or a value of the wrong type.
    """
    known = {field.name for field in fields(Settings)}
    values: dict[str, Any] = {}
    path = file or (Path(os.environ["FREEHOLD_CONFIG"]) if os.environ.get("FREEHOLD_CONFIG") else None)
    if path is not None:
        values |= tomllib.loads(path.read_text("utf-8"))
    unknown = sorted(set(values) - known)
    if unknown:
        raise Invalid(f"Unknown setting {unknown[0]!r} in {path}. Known: {', '.join(sorted(known))}.")
    values |= {name: text for name in known if (text := os.environ.get(f"FREEHOLD_{name.upper()}")) is not None}
    values |= {name: value for name, value in overrides.items() if value is not None}
    try:
        return msgspec.convert(values, Settings, strict=False, dec_hook=_path)
    except msgspec.ValidationError as error:
        raise Invalid(f"A setting has the wrong form: {error}.") from error


@dataclass(frozen=True, slots=True)
class Shown:
    """A setting as an operator may read it: of a secret only whether there is one."""

    name: str
    value: str
    changed: bool
    about: str


def effective(settings: Settings) -> list[Shown]:
    """Every setting as it counts; secrets, and passwords within addresses, are left out."""
    about = _sentences()
    return [
        Shown(
            field.name,
            _shown(field.name, getattr(settings, field.name)),
            getattr(settings, field.name) != field.default and field.name != "data",
            about.get(field.name, ""),
        )
        for field in fields(Settings)
    ]


def _shown(name: str, value: Any) -> str:
    text = str(value)
    if _SECRET.search(name):
        return "a secret" if text else ""
    if "://" not in text:
        return text
    parts = urlsplit(text)
    # Whatever stands before the host may be a password, and whatever follows the path a signature.
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{'…@' if '@' in parts.netloc else ''}{host}{parts.path}{'?…' if parts.query else ''}"


@lru_cache(maxsize=1)
def _sentences() -> dict[str, str]:
    """What is said below each field of `Settings`."""
    body = ast.parse(inspect.getsource(Settings)).body[0].body  # type: ignore[attr-defined]  # a class has a body
    found = {}
    for one, after in pairwise(body):
        if isinstance(one, ast.AnnAssign) and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            found[ast.unparse(one.target)] = " ".join(str(after.value.value).split()).replace("`", "")
    return found


def _path(kind: type, value: Any) -> Any:
    return kind(value)
