"""Requests a second, by wrk, of the two that clients send most; and what the hub needs to stand there."""

import re
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.measure import Row, Samples, resident_megabytes
from tests.kit.process import HubProcess

SECONDS = 5


@dataclass
class Rates:
    """`start` opens the same data with a number of workers."""

    start: Callable[[int], HubProcess]
    folder: Path

    def run(self, rounds: int) -> list[Row]:
        taken: dict[tuple[str, int], list[float]] = {}
        for workers in (1, 2):
            with self.start(workers) as hub:
                for _ in range(rounds):
                    for what, rate in self._rates(hub).items():
                        taken.setdefault((what, workers), []).append(rate)
        return [
            Row(f"{what}, {workers} worker{'s' * (workers > 1)}", Samples(tuple(rates)).text("/s"), "", "", "")
            for (what, workers), rates in taken.items()
        ]

    def _rates(self, hub: HubProcess) -> dict[str, float]:
        script = self.folder / "head.lua"
        script.write_text('wrk.method = "HEAD"\n')
        return {
            "model info": wrk(f"{hub.url}/api/models/alice/lfs"),
            "resolve HEAD": wrk(f"{hub.url}/alice/lfs/resolve/main/whole.bin", "-s", str(script)),
        }


def wrk(url: str, *options: str) -> float:
    """Requests a second over 32 connections from one thread; fails if any was refused."""
    command = ["wrk", "-t1", "-c32", f"-d{SECONDS}s", *options, url]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "Non-2xx" not in printed, printed
    found = re.search(r"Requests/sec:\s+([\d.]+)", printed)
    assert found, printed
    return float(found[1])


def standing(start: Callable[[int], HubProcess], rounds: int) -> list[Row]:
    """Time from the command to the first yes of `/readyz`, and memory ten seconds later."""
    ready, resident = [], []
    for _ in range(rounds):
        hub = start(1)
        ready.append(hub.start())
        time.sleep(3)
        resident.append(resident_megabytes(hub.pid))
        hub.stop()
    return [
        Row("time to ready, one worker", Samples(tuple(ready)).text("s"), "", "", "≤ 2 s"),
        Row("memory when idle, one worker", Samples(tuple(resident)).text("MB"), "", "", "≤ 150 MB"),
    ]
