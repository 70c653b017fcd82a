"""Loads databases, asks, and writes `bench/CATALOGUE.md`; takes an hour with two million repositories."""

import argparse
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

from bench.catalogue.loading import load
from bench.catalogue.painting import painted
from bench.catalogue.questions import Question, Questions
from bench.catalogue.synthetic import Synthetic
from bench.measure import machine
from freehold.base.errors import RepoNotFound, StorageFailed
from freehold.core.accounts.actor import ANONYMOUS, Actor
from freehold.core.catalog.catalog import Catalog, HeadReader
from freehold.core.facts.facts import Facts
from freehold.stores.db.database import Database
from tests.kit.databases import Postgres

RESULTS = Path(__file__).parent.parent / "CATALOGUE.md"
EXPLANATION = """\
Written by `./dev bench catalogue`. Made-up repositories with the skew of real ones; what is asked has the same skew and
other values each time, by somebody who is not signed in, of the catalogue that pages and API ask, with rows and the
rule of access. A cell is the time at the middle and at the 99th percentile in milliseconds, and in brackets the same of
the processor's time of this process (without PostgreSQL's own), which other work on the machine does not lengthen.
`raw` is plain SQL that asks the same of the same database in the same run, at most thirty seconds long."""


class Nobody:
    """The entries are all up to date, so nothing is opened."""

    def by_row_id(self, _actor: Actor, _row_id: str, /) -> HeadReader:
        raise RepoNotFound("There are only rows.")


@dataclass
class Run:
    """What was measured with one database of one size."""

    database: str
    repos: int
    rows: dict[str, tuple[str, str]] = field(default_factory=dict)
    figures: list[tuple[str, str]] = field(default_factory=list)


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="./dev bench catalogue", description=__doc__)
    parser.add_argument("--repos", type=int, nargs="*", default=[20_000, 2_000_000])
    parser.add_argument("--databases", choices=["sqlite", "postgres"], nargs="*", default=["sqlite", "postgres"])
    parser.add_argument("--asked", type=int, default=200, help="how often each question is asked")
    parser.add_argument("--write", type=Path, default=RESULTS)
    options = parser.parse_args()
    load_before = os.getloadavg()
    runs: list[Run] = []
    for database in options.databases:
        for repos in options.repos:
            runs.append(measure(database, repos, options.asked))
            options.write.write_text(report(runs, load_before), "utf-8")
    print(report(runs, load_before))


@contextmanager
def opened(database: str, folder: Path) -> Iterator[tuple[Database, str]]:
    """An empty database with the schema, and what a hub's setting says of it."""
    server = Postgres() if database == "postgres" else None
    address = server.fresh() if server else ""
    db = Database(address or f"sqlite:///{folder / 'hub.sqlite'}")
    try:
        db.migrate()
        yield db, address
    finally:
        db.close()
        if server:
            server.stop()


def measure(database: str, repos: int, asked: int) -> Run:
    """Everything with one database."""
    run = Run(database, repos)
    folder = Path(mkdtemp(prefix="freehold-catalogue-"))
    try:
        with opened(database, folder) as (db, address):
            made = Synthetic(repos)
            print(f"{database} {repos}: loading", flush=True)
            run.figures.append(("loaded in", f"{load(db, made):.0f} s"))
            catalog = Catalog(db, Nobody(), Facts(db), folder=folder / "cache" / "search")
            run.figures.append(("database", f"{_database_size(db, folder) / 1e6:.0f} MB"))
            print(f"{database} {repos}: indexing", flush=True)
            began = time.perf_counter()
            catalog.index.build()
            run.figures.append(("index made anew in", f"{time.perf_counter() - began:.0f} s"))
            size = sum(file.stat().st_size for file in (folder / "cache").rglob("*") if file.is_file())
            run.figures.append(("index", f"{size / 1e6:.0f} MB"))
            questions = Questions(db, catalog, ANONYMOUS, made)
            for question in questions.all():
                run.rows[question.name] = _asked(question, asked)
                print(f"{database} {repos}: {question.name}: {run.rows[question.name]}", flush=True)
            run.figures += _while_writing(db, catalog, questions)
            catalog.close()
            run.figures += painted(folder, address)
            run.figures.append(("load average at the end", f"{os.getloadavg()[0]:.1f}"))
    finally:
        shutil.rmtree(folder)
    return run


def _database_size(db: Database, folder: Path) -> int:
    if db.is_sqlite:
        return (folder / "hub.sqlite").stat().st_size
    with db.read() as tx:
        return int(tx.scalar("SELECT pg_database_size(current_database())"))


def _asked(question: Question, times: int) -> tuple[str, str]:
    for _ in range(10):
        question.ask()
    ours = _timed(question.ask, times)
    return _cell(ours), "" if question.raw is None else _cell(_timed(question.raw, min(times, 40), limit_s=40))


def _timed(ask: Callable[[], object], times: int, limit_s: float = 600) -> list[tuple[float, float]]:
    taken: list[tuple[float, float]] = []
    began = time.perf_counter()
    for _ in range(times):
        start, busy = time.perf_counter(), time.thread_time()
        with suppress(StorageFailed):  # it took too long, which is what is told
            ask()
        taken.append(((time.perf_counter() - start) * 1000, (time.thread_time() - busy) * 1000))
        if time.perf_counter() - began > limit_s:
            break
    return taken


def _cell(taken: Sequence[tuple[float, float]]) -> str:
    waited, worked = (_both(sorted(values)) for values in zip(*taken, strict=True))
    return f"{waited} ({worked})"


def _both(ordered: Sequence[float]) -> str:
    return f"{ordered[len(ordered) // 2]:.1f} / {ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]:.1f}"


def _while_writing(db: Database, catalog: Catalog, questions: Questions, seconds: float = 8) -> list[tuple[str, str]]:
    """Somebody commits as fast as it goes, somebody else searches, and the index is kept up."""
    with db.read() as tx:
        ids = [row.id for row in tx.all("SELECT id FROM repos_repo ORDER BY id DESC LIMIT 2000")]
    stop, written = threading.Event(), 0

    def write() -> None:
        nonlocal written
        while not stop.is_set():
            row_id, at = ids[written % len(ids)], time.time_ns() // 1000
            with db.write() as tx:
                tx.run("UPDATE repos_repo SET updated_at = :at WHERE id = :id", at=at, id=row_id)
                tx.run("UPDATE catalog_text SET body = :body WHERE repo_id = :id", body=f"text {at}", id=row_id)
                tx.run("UPDATE catalog_entry SET commit_oid = :oid WHERE repo_id = :id", oid=f"{at:040x}", id=row_id)
            written += 1

    catalog.index.start()
    writer = threading.Thread(target=write)
    began = time.perf_counter()
    writer.start()
    taken: list[tuple[float, float]] = []
    while time.perf_counter() - began < seconds:
        taken += _timed(questions.three_tags, 1)
        time.sleep(0.005)
    stop.set()
    writer.join()
    lasted = time.perf_counter() - began
    catalog.index.stop()
    return [
        ("writes a second while searching", f"{written / lasted:.0f}"),
        ("three tags while writing", f"{_cell(taken)} ms"),
    ]


def report(runs: Sequence[Run], load_before: Sequence[float]) -> str:
    """The results as a page."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], check=True, capture_output=True, text=True).stdout
    lines = ["# The catalogue", "", EXPLANATION, "", f"- machine: {machine()}"]
    lines += [
        f"- load average of other work when it began: {load_before[0]:.1f} (one minute), {load_before[2]:.1f} (15)"
    ]
    lines += [f"- at: {time.strftime('%Y-%m-%d')}, commit {commit.strip()}", ""]
    heads = [f"{run.database}, {run.repos:,}" for run in runs]
    lines += [f"| what | {' | '.join(f'{head} | raw' for head in heads)} |", f"|--|{'--|--|' * len(runs)}"]
    for name in runs[0].rows if runs else ():
        cells = [cell or "–" for run in runs for cell in run.rows.get(name, ("", ""))]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    lines += ["", f"| | {' | '.join(heads)} |", f"|--|{'--|' * len(runs)}"]
    for place, (name, _) in enumerate(runs[0].figures if runs else ()):
        lines.append(f"| {name} | {' | '.join(run.figures[place][1] for run in runs)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
