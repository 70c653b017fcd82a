"""An unmodified client with an interpreter and a home of its own, which knows nothing but the hub's address."""

import json
import os
import subprocess
import textwrap
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

ENVIRONMENTS = Path(os.environ.get("FREEHOLD_CLIENTS", Path(__file__).parents[2] / ".env-clients"))
"""The folder of the clients' environments: `new`, `h119`, `h030`."""

# The mark keeps the answer apart from whatever libraries print.
_MARK = "freehold-answer:"
_PRELUDE = f"""
import json, os, sys
from pathlib import Path

def answer(value):
    print({_MARK!r} + json.dumps(value), flush=True)
"""


@dataclass(frozen=True)
class Client:
    """`environment` is a virtual environment, `home` an empty folder that takes the caches."""

    environment: Path
    home: Path
    endpoint: str
    token: str | None = None
    variables: dict[str, str] = field(default_factory=dict)

    def at(self, endpoint: str) -> Self:
        """The same client, pointed at another address."""
        return replace(self, endpoint=endpoint)

    def known_as(self, token: str | None) -> Self:
        """The same client with another token, or none."""
        return replace(self, token=token)

    def with_(self, **variables: str) -> Self:
        """The same client with more environment variables."""
        return replace(self, variables=self.variables | variables)

    def in_(self, home: Path) -> Self:
        """The same client with other caches."""
        return replace(self, home=home)

    def python(self, script: str, *arguments: object, timeout_s: float = 240) -> Any:
        """Run `script`; return what it passed to `answer`. It finds `arguments` in `sys.argv[1:]`."""
        printed = self.run(
            "python", "-c", _PRELUDE + textwrap.dedent(script), *map(str, arguments), timeout_s=timeout_s
        )
        answers = [line.removeprefix(_MARK) for line in printed.splitlines() if line.startswith(_MARK)]
        return json.loads(answers[-1]) if answers else None

    def hf(self, *words: object, timeout_s: float = 240) -> str:
        """Run the `hf` command (`huggingface-cli` in older clients) and return what it printed."""
        name = "hf" if (self.environment / "bin" / "hf").exists() else "huggingface-cli"
        return self.run(name, *map(str, words), timeout_s=timeout_s)

    def run(self, program: str, *words: str, timeout_s: float) -> str:
        """Run a program of the environment; fail with all that it said if it fails."""
        self.home.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            [self.environment / "bin" / program, *words],
            env=self._surroundings(),
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            text=True,
            timeout=timeout_s,
        )
        assert done.returncode == 0, f"{program} failed:\n{done.stdout[-4000:]}\n{done.stderr[-8000:]}"
        return done.stdout

    def _surroundings(self) -> dict[str, str]:
        token = {"HF_TOKEN": self.token} if self.token else {}
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(self.home),
            "HF_HOME": str(self.home / "hf"),
            "HF_XET_CACHE": str(self.home / "xet"),
            "HF_ENDPOINT": self.endpoint,
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_UPDATE_CHECK": "1",
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            "TOKENIZERS_PARALLELISM": "false",
            **token,
            **self.variables,
        }
