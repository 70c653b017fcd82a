"""A public model becomes gated: what git says to strangers, and what becomes of those who were in the middle of it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from freehold.core.repos.deciding import Decision
from freehold.core.repos.gate_door import Asked
from tests.kit.builders import a_commit, a_model
from tests.kit.gitclient import address, clone
from tests.kit.hub import TestHub
from tests.protocols.xet import client
from tests.protocols.xet.conftest import cas
from tests.protocols.xet.test_native_client import Person, some_file


@pytest.fixture
def url(hub: TestHub) -> Iterator[str]:
    with hub.serve() as served:
        yield served


def gate(hub: TestHub, repo, *people: str):
    """Shut the gate, and let some in."""
    admin = hub.rooms.repos.admin(hub.actor("alice"), repo)
    admin.update(gated="manual")
    admin = hub.rooms.repos.admin(hub.actor("alice"), repo)
    for name in people:
        hub.rooms.gating.keeper(admin).let_in(name)
    return admin


def test_git_tells_each_how_they_stand(hub: TestHub, url: str, tmp_path: Path):
    model = a_model(hub, files={"README.md": b"# Birds", "song.txt": b"tweet"})
    carols = address(url, "alice/birds", hub.token("carol"))
    early = clone(carols, tmp_path / "early" / "work", user="carol")
    admin = gate(hub, model, "zoe")
    later = clone(carols, tmp_path / "later" / "work", user="carol", refused=True)
    assert f"you are not in the authorized list. Visit {url}/alice/birds to ask for access." in later.said
    early.git("fetch", refused=True)
    assert "not in the authorized list" in early.said
    stranger = clone(address(url, "alice/birds"), tmp_path / "nobody" / "work", user="nobody", refused=True)
    assert "could not read Username" in stranger.said
    hub.rooms.gating.door(hub.rooms.repos.reader(hub.actor("carol"), model)).ask(Asked({}))
    early.git("fetch", refused=True)
    assert "awaiting a review" in early.said
    clone(address(url, "alice/birds", hub.token("zoe")), tmp_path / "zoe" / "work", user="zoe")
    hub.rooms.gating.keeper(admin).decide(Decision("accepted"), user="carol")
    a_commit(hub, model, {"song.txt": b"caw"})
    early.git("pull")
    assert (early.folder / "song.txt").read_bytes() == b"caw"
    (request,) = hub.rooms.gating.keeper(admin).requests("accepted", prefix="carol")
    assert [one.way for one in hub.rooms.gating.keeper(admin).fetched(request.id)] == ["git"]
    hub.rooms.gating.keeper(admin).decide(Decision("rejected"), user="carol")
    early.git("fetch", refused=True)
    assert "has been rejected" in early.said


def test_a_native_client_with_a_token_of_before_gets_nothing_after(hub: TestHub, url: str, tmp_path: Path):
    model = a_model(hub)
    path = some_file(tmp_path / "song", 1)
    file = Person(hub, url, "alice", "alice/birds", tmp_path / "alice").send(path)
    hub.work()
    admin = gate(hub, model, "carol")
    carol = Person(hub, url, "carol", "alice/birds", tmp_path / "carol")
    assert carol.fetch(file, tmp_path / "back") == path.read_bytes()
    before = cas(hub, "carol", verb="read")
    order = {"url": before.url.replace("http://hub.test", url), "token": before.token, "path": str(tmp_path / "again")}
    hub.rooms.gating.keeper(admin).decide(Decision("rejected"), user="carol")
    done = subprocess.run(
        [sys.executable, client.__file__, "fetch"],
        input=json.dumps({**order, "hash": file["hash"], "size": file["size"]}),
        env={**os.environ, "HF_XET_CACHE": str(tmp_path / "fresh"), "HF_HUB_DISABLE_TELEMETRY": "1"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode, "it was served after its access had ended"
    assert "403" in done.stderr
    got = tmp_path / "again"
    assert not got.exists() or not any(got.read_bytes())
