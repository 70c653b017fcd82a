"""What goes with an account that is closed."""

from freehold.core.accounts.signing_in.changing import CLOSED
from tests.kit.buckets import a_bucket
from tests.kit.builders import a_commit, a_dataset, a_model
from tests.kit.hub import TestHub


def close(hub: TestHub, who: str) -> None:
    account = hub.actor(who).account_id
    with hub.rooms.db.write() as tx:
        hub.rooms.queue.enqueue(tx, CLOSED, {"account_id": account})


def test_repositories_and_buckets_go_and_those_of_others_stay(hub: TestHub):
    mine = [a_model(hub, "carol/birds"), a_dataset(hub, "carol/songs", visibility="private")]
    a_commit(hub, mine[0], {"a.txt": b"a"})
    a_bucket(hub, "carol/pail")
    theirs = a_model(hub, "acme/owls")
    account = hub.actor("carol").account_id
    assert account is not None and len(hub.rooms.repos.owned_by(hub.actor("admin"), account)) == 3
    close(hub, "carol")
    close(hub, "carol")
    hub.work()
    assert hub.rooms.repos.owned_by(hub.actor("admin"), account) == []
    assert hub.rooms.repos.reader(hub.actor("bob"), theirs).repo.name == "owls"
    assert hub.check() == []
