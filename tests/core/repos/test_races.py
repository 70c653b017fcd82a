"""Many people want the same at the same moment: one gets it, and each of the others hears why not."""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from freehold.app import garbage
from freehold.base.errors import Conflict, HubError, Moved, QuotaExceeded
from freehold.base.ids import RepoId, RepoKind, Sha256
from freehold.core.accounts.actor import SYSTEM
from freehold.core.repos.incoming import Incoming
from tests.kit.builders import a_model
from tests.kit.hub import TestHub


def at_once(*tasks: Callable[[], object]) -> list[object]:
    """Run all of them, started at the same moment; what each returned, or the hub's refusal."""
    barrier = Barrier(len(tasks))

    def run(task: Callable[[], object]) -> object:
        barrier.wait(30)
        try:
            return task()
        except HubError as error:
            return error

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def refusals(outcomes: Sequence[object]) -> list[Conflict]:
    """Those that were refused, of whom nobody for any other reason than that he came too late."""
    lost = [outcome for outcome in outcomes if isinstance(outcome, HubError)]
    assert all(isinstance(error, Conflict) for error in lost), lost
    return lost


def model(name: str, namespace: str = "alice") -> RepoId:
    return RepoId(RepoKind.MODEL, namespace, name)


@pytest.mark.parametrize("turn", range(3))
def test_a_repository_is_made_once(hub: TestHub, turn: int):
    with ThreadPoolExecutor(8) as pool:
        tokens = list(pool.map(hub.client, ["alice"] * 8))
    create = [lambda c=client: c.post("/api/repos/create", json={"name": f"birds{turn}"}) for client in tokens]
    answers = at_once(*create)
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    for answer in answers:
        assert answer.json()["url"] == f"http://hub.test/alice/birds{turn}"


def test_an_address_is_given_to_one_of_those_who_move_there(hub: TestHub):
    for name in "abcd":
        a_model(hub, f"alice/{name}")
    repos, alice = hub.rooms.repos, hub.actor("alice")
    outcomes = at_once(*(lambda name=name: repos.move(alice, model(name), model("birds")) for name in "abcd"))
    lost = refusals(outcomes)
    assert len(lost) == 3
    assert {error.message for error in lost} == {"A model repository called alice/birds already exists"}
    still = [name for name in "abcd" if not _is_moved(hub, model(name))]
    assert len(still) == 3


def test_a_repository_that_is_moved_to_two_places_is_at_one_and_found_from_its_old_address(hub: TestHub):
    a_model(hub, "alice/birds")
    repos, alice = hub.rooms.repos, hub.actor("alice")
    outcomes = at_once(*(lambda to=to: repos.move(alice, model("birds"), model(to)) for to in ("x", "y", "z")))
    winners = [outcome.name for outcome in outcomes if not isinstance(outcome, HubError)]
    with pytest.raises(Moved) as moved:
        repos.reader(alice, model("birds"))
    # Who comes when the move is done is told where the repository is, and may move it on from there.
    assert moved.value.to == f"alice/{winners[0]}"
    assert len(winners) == 1


def test_names_that_look_alike_are_given_once(hub: TestHub):
    people = hub.rooms.people
    names = ["Dora", "dora", "d0ra", "DORA"]
    outcomes = at_once(*(lambda name=name: people.add_user(SYSTEM, name) for name in names))
    lost = refusals(outcomes)
    assert len(lost) == 3
    assert all("Choose another." in error.message for error in lost)


def test_a_repository_is_deleted_once_and_others_write_into_it_or_are_told(hub: TestHub):
    repo_id = a_model(hub, "alice/birds", files={"a.txt": b"a"})
    repos, alice = hub.rooms.repos, hub.actor("alice")

    def tag(name: str) -> Callable[[], object]:
        return lambda: repos.writer(alice, repo_id).create_tag(name)

    at_once(lambda: repos.delete(alice, repo_id), *(tag(f"v{number}") for number in range(6)))
    with hub.rooms.db.read() as tx:
        assert tx.scalar("SELECT count(*) FROM git_ref") == 0


def _is_moved(hub: TestHub, repo_id: RepoId) -> bool:
    try:
        hub.rooms.repos.reader(hub.actor("alice"), repo_id)
    except Moved:
        return True
    return False


@pytest.mark.parametrize("hub", [{"quota_bytes": 1000}], indirect=True)
def test_uploads_at_once_to_several_repositories_stay_within_the_quota(hub: TestHub) -> None:
    repos = [hub.rooms.repos.reader(hub.actor("alice"), a_model(hub, f"alice/m{n}")).repo for n in range(4)]
    uploads = []
    for n, repo in enumerate(repos):
        content = bytes([n]) * 400
        incoming = Incoming(hub.rooms.objects, repo, Sha256(hashlib.sha256(content).hexdigest()), 400)
        incoming.write(content)
        uploads.append(incoming)  # each was told that there is room
    outcomes = at_once(*(incoming.finish for incoming in uploads))
    assert sum(isinstance(outcome, QuotaExceeded) for outcome in outcomes) == 2
    with hub.rooms.db.read() as tx:
        assert tx.scalar("SELECT sum(logical_bytes) FROM repos_repo") == 800
    garbage(hub.rooms).trimming.trim({})
