"""The hub as a process of its own, started as an operator would start it: for real clients, and to be killed."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import httpx

from freehold.app import Accounts, check, open_accounts, open_rooms
from freehold.base.faults import Fault
from freehold.core.accounts.actor import SYSTEM
from freehold.settings import Settings

START_S = 60.0
"""How long a machine with much else to do may take; the figure that is promised is measured in bench/."""


class Running(Protocol):
    """What is asked of a process; subprocess.Popen is one."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float) -> int: ...
    def terminate(self) -> None: ...


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class HubProcess:
    """`freehold serve` over one data folder; it can be killed and started again on the same port."""

    def __init__(self, data: Path, **settings: Any) -> None:
        self.data = data
        self.port = free_port()
        self.ssh_port = settings.get("ssh_port", 0)
        self.log = data.with_suffix(".log")
        self._environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("FREEHOLD_", "HF_"))
        }
        self._environment |= {f"FREEHOLD_{name.upper()}": str(value) for name, value in settings.items()}
        self.settings = Settings(data=data, host="127.0.0.1", port=self.port, **settings)
        self._process: Running | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None, "the hub is not running"
        return self._process.pid

    def start(self) -> float:
        """Start and wait until `/readyz` says yes; return the seconds that took."""
        began = time.monotonic()
        self._process = self._spawn()
        while time.monotonic() - began < START_S:
            if self._process.poll() is not None:
                break
            try:
                if httpx.get(f"{self.url}/readyz", timeout=2).status_code == 200:
                    return time.monotonic() - began
            except httpx.TransportError:
                time.sleep(0.01)
        raise AssertionError(f"the hub did not become ready:\n{self.log.read_text('utf-8')[-4000:]}")

    def _spawn(self) -> Running:
        command = [sys.executable, "-m", "freehold", "serve"]
        command += ["--data", str(self.data), "--host", "127.0.0.1", "--port", str(self.port)]
        with self.log.open("ab") as log:
            # A session of its own, so that killing the hub takes its workers along.
            return subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self._environment, start_new_session=True
            )

    def kill(self) -> None:
        """End it at once, as a power failure of the process would."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):  # it may have ended by itself
                os.killpg(self._process.pid, 9)
            self._process.wait(10)
            self._process = None

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(20)
            finally:
                self.kill()

    def command(self, *words: str, check: bool = True, text: str = "") -> str:
        """Run one of the operator's commands on the same data, with `text` to read; return what it printed."""
        command = [sys.executable, "-m", "freehold", *words, "--data", str(self.data)]
        done = subprocess.run(
            command,
            input=text,
            capture_output=True,
            check=False,
            text=True,
            env=self._environment,
            timeout=300,
        )
        if check and done.returncode:
            raise AssertionError(f"{' '.join(words)} failed ({done.returncode}):\n{done.stdout}\n{done.stderr}")
        return done.stdout

    @contextlib.contextmanager
    def accounts(self) -> Iterator[Accounts]:
        """The register of accounts, opened beside the hub as commands do, without the second that a program takes."""
        accounts = open_accounts(self.settings)
        try:
            yield accounts
        finally:
            accounts.close()

    def add(self, *names: str) -> None:
        """New people."""
        with self.accounts() as accounts:
            for name in names:
                accounts.people.add_user(SYSTEM, name)

    def token(self, user: str, role: str = "write") -> str:
        """A new token of `user`."""
        with self.accounts() as accounts:
            account = accounts.people.by_name(user)
            assert account is not None, f"{user} is not there"
            return accounts.tokens.add(SYSTEM, account.id, "for tests", role)[1]

    def faults(self) -> list[Fault]:
        """What `freehold check` finds."""
        rooms = open_rooms(self.settings)
        try:
            return list(check(rooms))
        finally:
            rooms.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
