"""A commit of many small files over the API against `git add` and `git commit` of the same files."""

import random
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.measure import Row, ratio, take_turns
from tests.crash.visitor import Visitor
from tests.kit.process import HubProcess

FILES = 10_000


@dataclass
class Commits:
    """Ten thousand files of 100 to 1,000 bytes in a hundred folders."""

    hub: HubProcess
    token: str
    folder: Path

    def run(self, rounds: int) -> list[Row]:
        chance = random.Random(400)
        files = {
            f"folder-{number % 100:02d}/file-{number}.txt": chance.randbytes(chance.randrange(50, 500)).hex().encode()
            for number in range(FILES)
        }
        work = self.folder / "work"
        for path, content in files.items():
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).write_bytes(content)
        visitor = Visitor(self.hub.url, self.token)

        def to_hub(number: int) -> None:
            visitor.commit(f"alice/many-{number}", files, {}, [])

        def to_git(_: int) -> None:
            git(work, "add", "--all")
            git(work, "-c", "user.name=a", "-c", "user.email=a@localhost", "commit", "--quiet", "--message", "Add")

        for number in range(rounds):
            visitor.create(f"alice/many-{number}")
        taken = take_turns({"hub": to_hub, "git": fresh(work, to_git)}, rounds)
        visitor.close()
        return [
            Row(
                "commit of 10,000 small files in one request, against `git add && git commit`",
                taken["hub"].text("s"),
                taken["git"].text("s"),
                f"{ratio(taken['hub'], taken['git']):.2f}",
                "≤ 2",
            )
        ]


def fresh(work: Path, run: Callable[[int], None]) -> Callable[[int], float]:
    """`run` timed by itself, with an empty repository made before the clock starts."""

    def timed(number: int) -> float:
        shutil.rmtree(work / ".git", ignore_errors=True)
        git(work, "init", "--quiet")
        began = time.perf_counter()
        run(number)
        return time.perf_counter() - began

    return timed


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
