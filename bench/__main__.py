"""Runs every measurement, prints the table and writes `bench/RESULTS.md`; `--rounds` and `--only` narrow it."""

import argparse
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.clones import Clones
from bench.commits import Commits
from bench.measure import Row, machine
from bench.paint import Paint
from bench.permissions import Permissions
from bench.plain import Plain
from bench.rates import Rates, publish, standing
from bench.xet import Cost, Download, Upload, client
from tests.kit.process import HubProcess

PARTS = ["xet", "plain", "commits", "clones", "rates", "standing", "permissions", "paint"]
RESULTS = Path(__file__).parent / "RESULTS.md"

EXPLANATION = """\
Written by `./dev bench`. Contenders take turns within a round, and the order turns too; a figure is the median of the
rounds, in brackets the least and the greatest, which say how noisy the machine was. A ratio is the median of the
rounds' own ratios, ours to the peer's. Client and server share the cores, and uploads are durable (synced) before they
are answered, which `cp`, git and `local://` do not promise."""


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=PARTS, nargs="*", default=[])
    options = parser.parse_args()
    load = os.getloadavg()[0]
    with TemporaryDirectory(prefix="freehold-bench-") as name:
        rows = measure(Path(name), options.rounds, options.only)
    text = report(rows, load)
    print(text)
    if not options.only:
        RESULTS.write_text(text, "utf-8")


def measure(folder: Path, rounds: int, only: list[str]) -> list[Row]:
    """All rows, or those of the parts in `only`."""
    data = folder / "data"

    def start(workers: int, **settings: object) -> HubProcess:
        return HubProcess(data, workers=workers, **settings)

    rows: list[Row] = []
    with start(1) as hub:
        hub.command("user", "add", "alice")
        token = hub.token("alice")
        publish(hub.url, token)
        stock = client(hub, folder)
        parts: dict[str, list[Callable[[int], list[Row]]]] = {
            "xet": [Upload(hub, stock, folder).run, Download(hub, stock, folder).run],
            "plain": [Plain(hub, token, folder).run],
            "commits": [Commits(hub, token, folder).run],
            "clones": [Clones(hub, token, folder).run],
        }
        for part, runs in parts.items():
            for run in runs if not only or part in only else []:
                rows += run(rounds)
    if not only or "xet" in only:
        rows += Cost(start, stock, folder).run(rounds)
    if not only or "rates" in only:
        rows += Rates(start).run(rounds)
    if not only or "standing" in only:
        rows += standing(start, rounds)
    if not only or "permissions" in only:
        rows += Permissions(folder).run(rounds)
    if not only or "paint" in only:
        rows += Paint(folder / "paint").run(rounds)
    return rows


def report(rows: list[Row], load: float) -> str:
    """The results as a page."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], check=True, capture_output=True, text=True).stdout
    lines = ["# Results", "", EXPLANATION, ""]
    lines += [f"- machine: {machine()}", f"- load average of other work when it began: {load:.1f}"]
    lines += [f"- at: {time.strftime('%Y-%m-%d')}, commit {commit.strip()}", ""]
    lines += ["| what | Freehold | peer | ratio | aim |", "|--|--|--|--|--|"]
    lines += [f"| {row.what} | {row.ours} | {row.peer} | {row.ratio} | {row.aim} |" for row in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
