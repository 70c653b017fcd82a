"""Taking turns, timing, and saying how noisy the machine was."""

import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Samples:
    """What the rounds gave, in one unit."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def text(self, unit: str) -> str:
        """The median and, in brackets, the least and the greatest."""
        if len(self.values) == 1:
            return f"{_figure(self.median)} {unit}"
        return f"{_figure(self.median)} {unit} ({_figure(min(self.values))} to {_figure(max(self.values))})"


@dataclass(frozen=True)
class Row:
    """One line of the results: ours, a peer's, their ratio, and what was aimed at."""

    what: str
    ours: str
    peer: str
    ratio: str
    aim: str


def ratio(ours: Samples, peer: Samples) -> float:
    """The median of the rounds' own ratios: what disturbs the machine disturbs both of a round."""
    return statistics.median(mine / theirs for mine, theirs in zip(ours.values, peer.values, strict=True))


def take_turns(contenders: Mapping[str, Callable[[int], float | None]], rounds: int) -> dict[str, Samples]:
    """Run each contender once a round, the first of one round being the last of the next; seconds.

    A contender that returns a number has timed itself; otherwise its wall time counts.
    """
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds):
        order = list(contenders.items())
        for name, run in order if number % 2 == 0 else reversed(order):
            os.sync()  # so that nobody pays for what another has left to be written
            began = time.perf_counter()
            own = run(number)
            taken[name].append(time.perf_counter() - began if own is None else own)
    return {name: Samples(tuple(values)) for name, values in taken.items()}


def cpu_seconds(session: int) -> float:
    """CPU seconds so far of all living processes of a session (a server and its workers)."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        if int(fields[3]) == session:
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


def resident_megabytes(session: int) -> float:
    """What all processes of a session keep in memory, in MB, shared pages counted in proportion."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        fields = stat.read_text().rpartition(")")[2].split()
        if int(fields[3]) == session:
            rollup = (stat.parent / "smaps_rollup").read_text()
            total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return total / 1000


def machine() -> str:
    """The machine in one line."""
    cpus = Path("/proc/cpuinfo").read_text()
    model = next((line.partition(":")[2].strip() for line in cpus.splitlines() if line.startswith("model name")), "?")
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / (1 << 20)
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    return (
        f"{os.cpu_count()} cores ({model}), {memory:.0f} GiB, {system}, Linux {platform.release().split('-')[0]}, "
        f"Python {platform.python_version()}; everything on the loopback interface"
    )


def _figure(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"
