"""Real git and git-lfs, as a member of the cast uses them: a folder, a home without configuration, a token."""

import os
import subprocess
from pathlib import Path
from urllib.parse import quote


class Clone:
    """A working copy, and git in it. `programs` is a folder whose programs git finds before all others."""

    def __init__(self, folder: Path, user: str = "alice", variables: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.user = user
        self.variables = variables or {}
        self.programs: Path | None = None
        self.said = ""

    def git(self, *words: str, refused: bool = False, stdin: bytes = b"") -> str:
        """What git prints; fails unless git succeeds or, if `refused`, fails."""
        done = subprocess.run(
            ["git", *words], cwd=self.folder, env=self._environment(), input=stdin, capture_output=True, timeout=120,
            check=False,
        )  # fmt: skip
        self.said = (done.stdout + done.stderr).decode("utf-8", "replace")
        assert (done.returncode != 0) is refused, f"git {' '.join(words)}: {self.said}"
        return done.stdout.decode("utf-8", "replace").strip()

    def start(self, *words: str) -> "subprocess.Popen[bytes]":
        """git at work, for the caller to wait for."""
        quiet = subprocess.DEVNULL
        return subprocess.Popen(
            ["git", *words], cwd=self.folder, env=self._environment(), stdin=quiet, stdout=quiet, stderr=quiet
        )

    def write(self, path: str, content: bytes | str) -> None:
        """Put a file into the folder."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(self, files: dict[str, bytes | str], message: str = "Work") -> str:
        """Commit `files`; the commit's id."""
        for path, content in files.items():
            self.write(path, content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

    def crafted(self, path: str) -> None:
        """Commit a file at a path that git itself would not add, folder by folder."""
        oid, mode = self.git("hash-object", "-w", "--stdin", stdin=b"harm"), "100644"
        for name in reversed(path.split("/")):
            tree = f"{mode} {name}\0".encode() + bytes.fromhex(oid)
            oid = self.git("hash-object", "-w", "-t", "tree", "--literally", "--stdin", stdin=tree)
            mode = "40000"
        self.git("update-ref", "HEAD", self.git("commit-tree", "-p", "HEAD", "-m", "Harm", oid))

    def _environment(self) -> dict[str, str]:
        person = {"NAME": self.user.title(), "EMAIL": f"{self.user}@hub.test"}
        return {
            "PATH": f"{self.programs}:{os.environ['PATH']}" if self.programs else os.environ["PATH"],
            "HOME": str(self.folder.parent),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "LC_ALL": "C",
            **{f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in person.items()},
            **self.variables,
        }


def address(url: str, path: str, token: str | None = None) -> str:
    """The address to clone from, with a token as the password."""
    scheme, _, host = url.partition("://")
    return f"{scheme}://{f'someone:{quote(token)}@' if token else ''}{host}/{path}"


def clone(
    remote: str,
    folder: Path,
    *options: str,
    user: str = "alice",
    refused: bool = False,
    variables: dict[str, str] | None = None,
) -> Clone:
    """`git clone`."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Clone(folder, user, variables)
    outside = Clone(folder.parent, user, variables)
    outside.git("clone", "--quiet", *options, remote, str(folder), refused=refused)
    made.said = outside.said
    return made
