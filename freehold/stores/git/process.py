"""Runs git as a child: without anybody's configuration, under limits, and ended with all that it started."""

import os
import resource
import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

from freehold.base.errors import StorageFailed
from freehold.stores.blobs.store import as_hub_errors

PIPE_PIECE = 256 << 10
"""How many bytes of a child's output are read at once."""

_OPTIONS = {
    "safe.directory": "*",
    "core.hooksPath": os.devnull,
    "core.packedGitLimit": "512m",
    "core.bigFileThreshold": "16m",
    "pack.windowMemory": "64m",
    "pack.threads": "1",
    "gc.auto": "0",
    "protocol.allow": "never",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one child may use: seconds of processor time, and bytes of address space and of any file it writes."""

    cpu_s: int = 900
    memory: int = 4 << 30
    file: int = 16 << 30


LIMITS = Limits()


@cache
def git_program() -> str:
    """Where git is. Raises StorageFailed if it is not installed."""
    found = shutil.which("git")
    if found is None:
        raise StorageFailed("The hub needs `git`, which is not installed. Ask its operator to install it.")
    return found


class GitProcess:
    """One running git. `home` is a folder of its own, where it finds no configuration and leaves what it says."""

    def __init__(
        self, *words: str, home: Path, stdin: IO[bytes] | None = None, protocol: str = "", limits: Limits = LIMITS
    ) -> None:
        options = [word for name, value in _OPTIONS.items() for word in ("-c", f"{name}={value}")]
        self._said = home / "stderr"
        with as_hub_errors(), self._said.open("ab") as said:
            self._process = subprocess.Popen(  # noqa: S603 - fixed words, no shell
                [git_program(), *options, *words],
                stdin=stdin or subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=said,
                cwd=home,
                env=environment(home, protocol),
                start_new_session=True,
                pipesize=PIPE_PIECE,
            )
        output = self._process.stdout
        if output is None:
            raise StorageFailed("git could not be started.")
        self._output = output
        _restrict(self._process.pid, limits)

    def read(self) -> bytes:
        """The next bytes of its output, as soon as there are some; empty at the end."""
        return os.read(self._output.fileno(), PIPE_PIECE)

    def read_all(self) -> bytes:
        """The whole of a short output."""
        return b"".join(iter(self.read, b""))

    def wait(self) -> int:
        """Its exit status, once its output has ended; negative if a signal (a limit, `kill`) ended it."""
        return self._process.wait()

    def said(self) -> str:
        """What it complained of."""
        with self._said.open("rb") as file:
            return file.read(4000).decode("utf-8", "replace").strip()

    def kill(self) -> None:
        """End it and its children at once, from whichever thread; its reader then sees the end."""
        if self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> None:
        """End it if it still runs, and give back what it held."""
        self.kill()
        self._process.wait()
        self._output.close()


def environment(home: Path, protocol: str = "") -> dict[str, str]:
    """What git may know: nothing of whoever runs the hub. `protocol` is what a client asked for, checked."""
    known = {
        "PATH": "/nonexistent",  # git finds its own programs beside itself
        "HOME": str(home),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "LC_ALL": "C",
    }
    return known | ({"GIT_PROTOCOL": protocol} if protocol else {})


def _restrict(pid: int, limits: Limits) -> None:
    # After the start, since code between fork and exec is not safe in a process of many threads.
    if not hasattr(resource, "prlimit"):
        return  # macOS has no way to limit another process
    with suppress(ProcessLookupError):
        resource.prlimit(pid, resource.RLIMIT_CPU, (limits.cpu_s, limits.cpu_s + 5))
        resource.prlimit(pid, resource.RLIMIT_AS, (limits.memory, limits.memory))
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (limits.file, limits.file))
        resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0))
