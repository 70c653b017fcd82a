"""Databases for tests: SQLite in a file, or a real PostgreSQL that a test session starts for itself."""

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import psycopg

BINARIES = Path("/usr/lib/postgresql/15/bin")


def free_port() -> int:
    """A TCP port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgres:
    """A PostgreSQL server in a temporary folder; unless `durable`, it waits for no disk: tests kill hubs, not it."""

    def __init__(self, *, durable: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="fh-pg-"))
        self.port = free_port()
        self._count = 0
        if os.geteuid() == 0:  # the server refuses to run as root
            shutil.chown(self.folder, "postgres", "postgres")
        data = str(self.folder / "data")
        self._run("initdb", "-D", data, "--auth=trust", "--username=hub", "--no-sync", "--encoding=UTF8", "--locale=C")
        self._options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c max_connections=200"
        self._options += "" if durable else " -c fsync=off"
        self.start()

    def start(self) -> None:
        """Begin, or begin again."""
        data = str(self.folder / "data")
        self._run("pg_ctl", "-D", data, "-w", "-l", str(self.folder / "log"), "-o", self._options, "start")

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(BINARIES / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder)

    def fresh(self) -> str:
        """The URL of a new, empty database."""
        self._count += 1
        name = f"hub{self._count}"
        with psycopg.connect(f"postgresql://hub@127.0.0.1:{self.port}/postgres", autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        return f"postgresql://hub@127.0.0.1:{self.port}/{name}"

    def crash(self) -> None:
        """End the server without a word: what it had not written is lost."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")

    def stop(self) -> None:
        """End the server and remove its folder."""
        self.crash()
        shutil.rmtree(self.folder)
