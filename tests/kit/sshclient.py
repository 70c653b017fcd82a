"""Real OpenSSH as a member of the cast uses it: a key of their own, and the hub's key known beforehand."""

import os
import subprocess
from pathlib import Path

from freehold.core.accounts.actor import SYSTEM
from tests.kit.gitclient import Clone, clone
from tests.kit.hub import TestHub


def make_key(folder: Path, *options: str) -> Path:
    """A key pair; the private half's file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "id"
    words = ["ssh-keygen", "-q", "-N", "", "-C", f"{folder.name}@laptop", "-f", str(file)]
    subprocess.run([*words, *(options or ("-t", "ed25519"))], check=True, capture_output=True)
    return file


class Visitor:
    """`user` with a key, registered for them unless they are to be a stranger."""

    def __init__(self, hub: TestHub, user: str, folder: Path, *, role: str = "write", registered: bool = True) -> None:
        self.hub, self.user, self.folder = hub, user, folder / f"{user}-{role}"
        self.file = make_key(self.folder)
        self.port = hub.settings.ssh_port
        if registered:
            line = self.file.with_suffix(".pub").read_text()
            account = hub.actor(user).account_id
            assert account is not None
            self.key = hub.rooms.keys.add(SYSTEM, account, "", line, role)
        self._known = self.folder / "known_hosts"
        assert hub.house.door is not None
        self._known.write_text(f"[127.0.0.1]:{self.port} {hub.house.door.public_key}\n")

    @property
    def words(self) -> list[str]:
        """`ssh` with everything but the place."""
        options = {
            "IdentitiesOnly": "yes", "UserKnownHostsFile": str(self._known), "GlobalKnownHostsFile": "/dev/null",
            "StrictHostKeyChecking": "yes", "BatchMode": "yes", "LogLevel": "ERROR",
        }  # fmt: skip
        pairs = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        return ["ssh", "-F", "/dev/null", "-i", str(self.file), *pairs]

    def ssh(
        self, *command: str, user: str = "git", options: tuple[str, ...] = (), stdin: bytes = b""
    ) -> tuple[int, str]:
        """Run a command on the hub; its exit status and all that was said."""
        words = [*self.words, "-p", str(self.port), *options, f"{user}@127.0.0.1", *command]
        done = subprocess.run(words, capture_output=True, input=stdin, timeout=60, check=False)
        return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")

    def address(self, path: str) -> str:
        """What git clones from."""
        return f"ssh://git@127.0.0.1:{self.port}/{path}"

    def clone(self, path: str, *options: str, refused: bool = False) -> Clone:
        """`git clone`."""
        place = self.folder / os.urandom(4).hex() / "work"
        variables = {"GIT_SSH_COMMAND": " ".join(self.words)}
        return clone(self.address(path), place, *options, user=self.user, refused=refused, variables=variables)
