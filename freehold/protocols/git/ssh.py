"""The second door to git: an SSH server that knows people by their keys and gives no shell (RFC 4251 to 4254)."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

import asyncssh
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from freehold.base.errors import BadCredentials
from freehold.core.accounts.keys import Keys
from freehold.protocols.git.commands import Caller, Commands
from freehold.protocols.git.place import Place
from freehold.protocols.git.talk import Line, first_of, in_thread
from freehold.wire.git.commands import NOT_ONE
from freehold.wire.publickeys import fingerprint

USER = "git"
"""The one name that everybody signs in with; the key says who they are."""

_ALGORITHMS = ("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
               "rsa-sha2-256", "rsa-sha2-512")  # fmt: skip

log = structlog.get_logger("freehold")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one process bears."""

    connections: int = 200
    from_one_address: int = 40
    keys_tried: int = 10
    """Keys that one connection may offer: agents hold several."""
    at_once: int = 8
    """Commands that one connection may have at work."""
    sign_in_s: float = 20
    grace_s: float = 20
    """How long commands may take to end after the hub was told to stop."""


LIMITS = Limits()


@dataclass(slots=True)
class _Inside:
    """Who is connected now."""

    connections: set[asyncssh.SSHServerConnection] = field(default_factory=set)
    addresses: Counter[str] = field(default_factory=Counter)
    commands: set["asyncio.Task[None]"] = field(default_factory=set)


class Door:
    """Listens from `open` until `close`. `secret` (32 bytes) makes the host key, the same for ever."""

    def __init__(self, place: Place, secret: bytes, keys: Keys, commands: Commands, limits: Limits = LIMITS) -> None:
        self._place = place
        self._host_key = host_key(secret)
        self.public_key = " ".join(self._host_key.export_public_key("openssh").decode().split()[:2])
        """The public half of the hub's key, as `known_hosts` has it behind the name of the host."""
        self._keys = keys
        self._commands = commands
        self._limits = limits
        self._inside = _Inside()
        self._acceptor: asyncssh.SSHAcceptor | None = None

    async def open(self) -> None:
        """Begin to listen. Raises OSError when the port cannot be had."""
        asyncssh.set_log_level(logging.WARNING)
        self._acceptor = await asyncssh.listen(
            self._place.host,
            self._place.port,
            reuse_port=self._place.shared or None,
            server_factory=partial(_Visit, self._inside, self._limits, self._keys, self._run),
            server_host_keys=[self._host_key],
            server_version="Freehold",
            signature_algs=_ALGORITHMS,
            compression_algs=["none"],
            encoding=None,
            allow_pty=False,
            allow_scp=False,
            agent_forwarding=False,
            x11_forwarding=False,
            line_editor=False,
            password_auth=False,
            kbdint_auth=False,
            host_based_auth=False,
            gss_host=None,
            config=None,
            login_timeout=self._limits.sign_in_s,
            keepalive_interval=30,
            keepalive_count_max=3,
        )

    async def close(self) -> None:
        """Let nobody in any more, wait a while for what is at work, then hang up."""
        if self._acceptor is None:
            return
        self._acceptor.close()
        if self._inside.commands:
            await asyncio.wait(set(self._inside.commands), timeout=self._limits.grace_s)
        for connection in set(self._inside.connections):
            connection.abort()
        if self._inside.commands:
            await asyncio.wait(set(self._inside.commands), timeout=self._limits.grace_s)
        await self._acceptor.wait_closed()

    async def _run(self, visit: "_Visit", process: "asyncssh.SSHServerProcess[bytes]") -> None:
        task = asyncio.ensure_future(self._served(visit, process))
        self._inside.commands.add(task)
        task.add_done_callback(self._inside.commands.discard)
        await asyncio.gather(task, return_exceptions=True)

    async def _served(self, visit: "_Visit", process: "asyncssh.SSHServerProcess[bytes]") -> None:
        """One command, until it ends or its client goes away."""
        status = 1

        async def work() -> None:
            nonlocal status
            status = await self._answer(visit, process)

        # What breaks when a client has gone is no concern of the log.
        with suppress(OSError, asyncssh.Error):
            await first_of(work(), process.channel.wait_closed())
        with suppress(OSError, asyncssh.Error):
            process.exit(status)

    async def _answer(self, visit: "_Visit", process: "asyncssh.SSHServerProcess[bytes]") -> int:
        line = Line(process.stdin, process.stdout, process.stderr)
        try:
            actor = await in_thread(partial(self._keys.identify, visit.fingerprint))
            if process.command is None and process.subsystem is None:
                await line.say(f"Hi {actor.name}! You have signed in to this hub, which gives no shell.")
                return 0
            if process.command is None:
                await line.say(NOT_ONE)
                return 1
            key_id = actor.key_id or ""
            caller = Caller(partial(self._keys.actor_of, key_id), key_id, self._base(visit))
            return await self._commands.run(caller, process.command, process.env.get("GIT_PROTOCOL", ""), line)
        except BadCredentials as error:
            await line.say(error.message)
        except (OSError, asyncssh.Error):
            raise
        except Exception as error:
            log.error("a command by SSH failed", exc_info=error)
            await line.say("The hub met an error of its own. It is in the hub's log.")
        return 1

    def _base(self, visit: "_Visit") -> str:
        """The hub by HTTP, as somebody finds it who found this door."""
        if self._place.url:
            return self._place.url.rstrip("/")
        host = f"[{visit.here}]" if ":" in visit.here else visit.here
        return f"http://{host}:{self._place.http_port}"


class _Visit(asyncssh.SSHServer):
    """One connection: counted, and known by a key before it may ask for anything."""

    def __init__(
        self,
        inside: _Inside,
        limits: Limits,
        keys: Keys,
        run: Callable[["_Visit", "asyncssh.SSHServerProcess[bytes]"], Awaitable[None]],
    ) -> None:
        self._inside, self._limits, self._keys, self._run = inside, limits, keys, run
        self._connection: asyncssh.SSHServerConnection | None = None
        self._from = self.here = ""
        self._tried: set[str] = set()
        self._open = 0
        self._offered = ""
        self.fingerprint = ""
        """The key that was proven."""

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Somebody knocks."""
        self._from = str((conn.get_extra_info("peername") or [""])[0])
        self.here = str((conn.get_extra_info("sockname") or [""])[0])
        inside, limits = self._inside, self._limits
        full = len(inside.connections) >= limits.connections or inside.addresses[self._from] >= limits.from_one_address
        self._connection = conn
        inside.connections.add(conn)
        inside.addresses[self._from] += 1
        if full:
            conn.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncssh's signature
        """They have gone."""
        if self._connection in self._inside.connections:
            self._inside.connections.discard(self._connection)
            self._inside.addresses[self._from] -= 1
            if not self._inside.addresses[self._from]:
                del self._inside.addresses[self._from]

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002 - asyncssh's signature
        """Nobody comes in without a key."""
        return True

    def public_key_auth_supported(self) -> bool:
        """A key is the only way."""
        return True

    async def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Whether this key is one that somebody registered; that its holder has it is asyncssh's to verify."""
        offered = fingerprint(key.public_data)
        self._tried.add(offered)
        if len(self._tried) > self._limits.keys_tried and self._connection is not None:
            self._connection.disconnect(asyncssh.DISC_NO_MORE_AUTH_METHODS_AVAILABLE, "Too many keys", "en")
            return False
        try:
            await in_thread(partial(self._keys.identify, offered))
        except BadCredentials:
            return False
        # Last: a key that is offered while an earlier one is looked up cancels that.
        self._offered = offered
        return username == USER

    def auth_completed(self) -> None:
        """The key that was looked up last is the one that was proven."""
        self.fingerprint = self._offered

    def session_requested(self) -> "asyncssh.SSHServerProcess[bytes] | bool":
        """A command, unless there are too many."""
        if self._open >= self._limits.at_once:
            return False
        self._open += 1
        return _Session(partial(self._run, self), self._closed)

    def _closed(self) -> None:
        self._open -= 1


class _Session(asyncssh.SSHServerProcess[bytes]):
    """One command of a connection, or what might become one; says when it is over."""

    def __init__(
        self, run: Callable[["asyncssh.SSHServerProcess[bytes]"], Awaitable[None]], closed: Callable[[], None]
    ) -> None:
        super().__init__(run, None, 3, False)
        self._closed = closed

    def connection_lost(self, exc: Exception | None) -> None:
        """The channel has gone, with the connection or without it."""
        super().connection_lost(exc)
        self._closed()


def host_key(secret: bytes) -> asyncssh.SSHKey:
    """The hub's own key, an Ed25519 key whose seed is `secret`."""
    private = Ed25519PrivateKey.from_private_bytes(secret)
    text = private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    return asyncssh.import_private_key(text)
