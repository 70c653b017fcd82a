"""The server is killed while many change things: the chain has no gap, and a line exists exactly for what happened."""

import random
import threading
import time
from collections.abc import Callable

import httpx
import pytest

from freehold.app import open_accounts
from tests.crash.forked import ForkedHub

pytestmark = [pytest.mark.crash, pytest.mark.timeout(600)]

KILLS = 10
WRITERS = 8


def create_until_killed(url: str, token: str, prefix: str, acknowledged: set[str]) -> None:
    """Make repositories until the hub is gone; what it acknowledges is noted at once."""
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=30) as client:
        try:
            for number in range(10_000):
                name = f"{prefix}-{number}"
                client.post("/api/repos/create", json={"name": name}).raise_for_status()
                acknowledged.add(f"alice/{name}")
        except httpx.TransportError:
            return


def test_a_kill_leaves_neither_a_gap_nor_a_line_without_its_change(hub: ForkedHub) -> None:
    chance, token, acknowledged = random.Random(7), hub.token("alice"), set[str]()
    for kill in range(KILLS):
        workers = [
            threading.Thread(target=create_until_killed, args=(hub.url, token, f"k{kill}w{worker}", acknowledged))
            for worker in range(WRITERS)
        ]
        for worker in workers:
            worker.start()
        enough = len(acknowledged) + 4
        wait_for(lambda enough=enough: len(acknowledged) >= enough)
        workers[0].join(chance.uniform(0, 0.3))
        hub.kill()
        for worker in workers:
            worker.join(30)
        look(hub, acknowledged)
        hub.start()
    assert len(acknowledged) > KILLS


def wait_for(condition: Callable[[], bool]) -> None:
    """However slow the machine: a kill before anything was done proves nothing."""
    ends = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < ends, "nothing was acknowledged for a minute"
        time.sleep(0.005)


def look(hub: ForkedHub, acknowledged: set[str]) -> None:
    accounts = open_accounts(hub.settings)
    try:
        accounts.chain.verify()
        with accounts.db.read() as tx:
            lines = [row.subject for row in tx.all("SELECT subject FROM accounts_audit WHERE action = 'repo.create'")]
            repos = {f"alice/{row.name}" for row in tx.all("SELECT name FROM repos_repo")}
        assert sorted(lines) == sorted(repos), "a line without its repository, or a repository without its line"
        assert acknowledged <= repos, "something acknowledged is lost"
    finally:
        accounts.close()
