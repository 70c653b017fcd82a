"""Reads a story in plain text and lives it: people at their shells, with real programs, against a real hub.

A story is lines of these kinds; everything else is refused:

    # What it is about.                      the first line; later ones are remarks
    alice: git clone $HUB/alice/birds        alice does this in her folder, and it succeeds
    bob! git push                            bob tries this, and it fails
    operator: user add dave                  a command of the hub's operator; `< alice/x` hands it a file
    > fetch first                            what the last one printed contains this
    < Traceback                              … and does not contain this

Each of the cast has a home of their own without any configuration but what a person would have: a name, a token for
`hf`, the same token in git's own credential store. `cd` is remembered. `dave` and whoever else is named is added.
"""

import os
import re
import shlex
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tests.kit.process import HubProcess

_LINE = re.compile(r"(?P<who>[a-z]+)(?P<how>[:!]) (?P<command>.+)")
NOBODY = "nobody"


@dataclass(slots=True)
class Step:
    """Something that somebody does, and what is said of it. `line` counts from 1."""

    line: int
    who: str
    command: str
    succeeds: bool
    says: list[str] = field(default_factory=list)
    never_says: list[str] = field(default_factory=list)


def parse(text: str) -> list[Step]:
    """The steps of a story. Raises ValueError with the number of a line that is none."""
    steps: list[Step] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith(("> ", "< ")) and steps:
            (steps[-1].says if line[0] == ">" else steps[-1].never_says).append(line[2:])
        elif found := _LINE.fullmatch(line):
            steps.append(Step(number, found["who"], found["command"], found["how"] == ":"))
        else:
            raise ValueError(f"line {number} is no part of a story: {line}")
    return steps


class Person:
    """Somebody at a shell: a home, a folder, a token."""

    def __init__(self, name: str, home: Path, hub: HubProcess, programs: Path) -> None:
        home.mkdir(parents=True)
        self.place = home
        self.surroundings = {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(home),
            "HUB": hub.url,
            "HF_ENDPOINT": hub.url,
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_UPDATE_CHECK": "1",
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "SSH": f"ssh://git@127.0.0.1:{hub.ssh_port}",
            # OpenSSH asks the system where its user's home is, and not the surroundings.
            "GIT_SSH_COMMAND": f"ssh -F /dev/null -i {home}/key -o UserKnownHostsFile={home}/known_hosts"
            " -o StrictHostKeyChecking=accept-new -o IdentitiesOnly=yes -o BatchMode=yes",
            "LC_ALL": "C.UTF-8",
        }
        config = f"[user]\n\tname = {name.title()}\n\temail = {name}@hub.test\n[init]\n\tdefaultBranch = main\n"
        if name != NOBODY:
            token = hub.token(name)
            self.surroundings["HF_TOKEN"] = token
            (home / ".git-credentials").write_text(f"http://{name}:{token}@{urlsplit(hub.url).netloc}\n", "ascii")
            config += "[credential]\n\thelper = store\n"
        (home / ".gitconfig").write_text(config, "ascii")

    def do(self, command: str) -> tuple[int, str]:
        """The exit status and all that was printed."""
        if command.startswith("cd "):
            self.place = (self.place / command[3:]).resolve(strict=True)
            return 0, ""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command], cwd=self.place, env=self.surroundings, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=240,
        )  # fmt: skip
        return done.returncode, done.stdout.decode("utf-8", "replace")


class Stage:
    """Where a story happens: the hub, and whoever has come."""

    def __init__(self, hub: HubProcess, folder: Path, programs: Path) -> None:
        self._hub, self._folder, self._programs = hub, folder, programs
        self._people: dict[str, Person] = {}
        for name in ("alice", "bob", "zoe"):
            hub.add(name)
        hub.command("org", "add", "acme", "--member", "alice:admin", "--member", "bob:write", "--member", "zoe:read")

    def live(self, step: Step) -> None:
        """Do one step; fails unless it goes as told."""
        status, said = self._do(step)
        told = f"line {step.line}, {step.who}: {step.command}\nended with {status} and said:\n{said}"
        assert (status == 0) is step.succeeds, told
        for text in step.says:
            assert text in said, f"does not say {text!r}: {told}"
        for text in step.never_says:
            assert text not in said, f"says {text!r}: {told}"

    def _do(self, step: Step) -> tuple[int, str]:
        if step.who == "operator":
            words, _, file = step.command.partition(" < ")
            text = (self._folder / file).read_text("utf-8") if file else ""
            return 0, self._hub.command(*shlex.split(words), text=text)
        if step.who not in self._people:
            if step.who not in ("alice", "bob", "zoe", NOBODY):
                self._hub.command("user", "add", step.who)
            self._people[step.who] = Person(step.who, self._folder / step.who, self._hub, self._programs)
        return self._people[step.who].do(step.command)
