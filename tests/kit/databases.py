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
    """A PostgreSQL server in a temporary folder, without durability: tests kill hubs, not it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="fh-pg-"))
        self.port = free_port()
        self._count = 0
        if os.geteuid() == 0:  # the server refuses to run as root
            shutil.chown(self.folder, "postgres", "postgres")
        data = str(self.folder / "data")
        self._run("initdb", "-D", data, "--auth=trust", "--username=hub", "--no-sync", "--encoding=UTF8", "--locale=C")
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200"
        self._run("pg_ctl", "-D", data, "-w", "-l", str(self.folder / "log"), "-o", options, "start")

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

    def stop(self) -> None:
        """End the server and remove its folder."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder)
