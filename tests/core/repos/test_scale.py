"""Large folders, many writers, more than one process."""

import multiprocessing
import time
from pathlib import Path

import pytest

from freehold.core.repos.requests import AddFile
from freehold.stores.db.database import Database
from tests.core.repos.conftest import MODEL, Yard, asked, rejoin

MANY = 100_000


def test_a_folder_of_a_hundred_thousand_files_stays_usable(model: Yard):
    writer = model.repos.writer(model.alice, MODEL)
    writer.commit("main", asked(*[AddFile(f"big/f{number:06d}", b"same") for number in range(MANY)]))
    began = time.process_time()
    writer.commit("main", asked(AddFile("big/g", b"one more"), summary="One more"))
    page = writer.tree(path="big", limit=1000, after="big/f050000")
    assert time.process_time() - began < 10
    assert (page[0].path, len(page)) == ("big/f050001", 1000)
    assert model.run_git(writer.repo.id, "ls-tree", "main:big").count("\n") == MANY + 1
    assert len(writer.tree(recursive=True)) == MANY + 3


def commit_ten(url: str, folder: str, number: int) -> None:
    """In a process of its own."""
    db = Database(url)
    yard = rejoin(db, Path(folder))
    for turn in range(10):
        writer = yard.repos.writer(yard.alice, MODEL)
        writer.commit("main", asked(AddFile(f"{number}-{turn}", b"x"), summary=f"{number} {turn}"))
    db.close()


def test_processes_share_a_branch_without_losing_a_commit(model: Yard, database_url: str, tmp_path: Path, request):
    if request.config.getoption("--store") == "memory":
        pytest.skip("a store in memory belongs to one process")
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=commit_ten, args=(database_url, str(tmp_path), number)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert [worker.exitcode for worker in workers] == [0] * 4
    assert len(model.files()) == 41
    repo = model.repos.reader(model.alice, MODEL).repo
    assert model.run_git(repo.id, "rev-list", "--count", "main").strip() == "41"
    assert model.run_git(repo.id, "fsck", "--strict", "--full", "--no-dangling") == ""
