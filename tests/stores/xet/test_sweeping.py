"""The sweep deletes what is due, and nothing that an upload has taken up again meanwhile."""

from dataclasses import dataclass

import pytest

from freehold.base.errors import StorageFailed
from freehold.base.retention import Doomed, Retention
from freehold.stores.xet.store import XetStore
from freehold.stores.xet.sweeping import IN_FLIGHT_US, Sweeping
from freehold.wire.xet.hashes import to_text
from freehold.wire.xet.xorb import encode_xorb
from tests.stores.xet.conftest import START, Bench, file_of, layout_of, some_chunks

DAY_US = 86_400 * 1_000_000
RULES = Retention(2)


@dataclass
class Yard(Bench):
    """A bench whose clock can be moved."""

    moment: int = START

    @property
    def sweeping(self) -> Sweeping:
        return self.xet.sweeping

    def due(self) -> list[Doomed]:
        found = [*self.sweeping.files(RULES), *self.sweeping.unused(RULES)]
        return [one for one in found if one.is_due(self.moment)]

    def forget(self, repo: str) -> None:
        with self.db.write() as tx:
            self.xet.forget(tx, repo)


@pytest.fixture
def yard(bench) -> Yard:
    made = Yard(bench.xet, bench.db, bench.blobs)
    made.xet = XetStore(bench.db, bench.blobs, b"secret", lambda: made.moment)
    return made


def forsaken(yard: Yard, seed: int = 1) -> Doomed:
    """A xorb that nothing needs and nobody may name any more."""
    yard.push("alice", "alice-x", some_chunks(seed))
    yard.forget("alice-x")
    yard.moment += 23 * DAY_US
    yard.sweeping.sweep(RULES)
    yard.moment += IN_FLIGHT_US
    (xorb,) = yard.due()
    return xorb


def test_what_nobody_needs_goes_with_every_row_that_spoke_of_it(yard):
    forsaken(yard)
    assert yard.sweeping.sweep(RULES) > 0
    assert list(yard.blobs.keys("xorbs")) == []
    assert list(yard.xet.check()) == []
    with yard.db.read() as tx:
        assert [tx.scalar(f"SELECT count(*) FROM xet_{name}") for name in ("xorb", "file", "chunk", "holder")] == [
            0
        ] * 4


def test_without_a_rule_nothing_goes(yard):
    forsaken(yard)
    assert yard.sweeping.sweep(Retention()) == 0
    assert [one.due for one in yard.sweeping.unused(Retention())] == [None]


def test_a_namespaces_own_rule_goes_before_the_hubs(yard):
    forsaken(yard)
    assert yard.sweeping.sweep(Retention(2, {"alice": None})) == 0
    assert yard.sweeping.sweep(Retention(None, {"alice": 5})) > 0


def test_what_a_client_may_still_name_stays(yard):
    yard.upload("alice", some_chunks(2))
    yard.moment += 20 * DAY_US
    yard.sweeping.sweep(RULES)
    assert yard.xet.xorbs.held_by("alice", to_text(layout_of(some_chunks(2)).hash))
    yard.moment += 3 * DAY_US
    yard.sweeping.sweep(RULES)
    assert list(yard.blobs.keys("xorbs")) == []


def test_a_file_goes_only_after_the_days_of_the_rule(yard):
    yard.push("alice", "alice-x", some_chunks(3))
    yard.moment += 30 * DAY_US
    yard.forget("alice-x")
    yard.moment += 2 * DAY_US - 1
    assert yard.due() == []
    yard.moment += 1
    assert [one.kind for one in yard.due()] == ["file"]
    yard.sweeping.sweep(RULES)
    assert yard.due() == []  # its chunks may still be on their way to somebody
    yard.moment += IN_FLIGHT_US
    assert [one.kind for one in yard.due()] == ["xorb"]


def test_a_xorb_that_is_asked_for_after_the_look_stays(yard):
    xorb = forsaken(yard)
    assert yard.xet.xorbs.renew("alice", xorb.name)
    assert yard.sweeping.condemn(xorb) is None


def test_a_xorb_that_a_file_uses_again_after_the_look_stays(yard):
    xorb = forsaken(yard)
    layout = layout_of(some_chunks(1))
    yard.register("alice", "alice-y", [file_of((layout, 0, layout.n))])
    assert yard.sweeping.condemn(xorb) is None
    assert list(yard.xet.check()) == []


def test_a_file_that_is_registered_again_after_the_look_stays(yard):
    yard.push("alice", "alice-x", some_chunks(1))
    yard.forget("alice-x")
    yard.moment += 3 * DAY_US
    (file,) = yard.due()
    layout = layout_of(some_chunks(1))
    yard.register("alice", "alice-y", [file_of((layout, 0, layout.n))])
    assert not yard.sweeping.drop(file)
    assert yard.xet.file_size(file.name)
    assert yard.due() == []


def test_a_file_whose_time_began_anew_after_the_look_stays(yard):
    yard.push("alice", "alice-x", some_chunks(1))
    yard.forget("alice-x")
    yard.moment += 3 * DAY_US
    (file,) = yard.due()
    layout = layout_of(some_chunks(1))
    yard.register("alice", "alice-y", [file_of((layout, 0, layout.n))])
    yard.forget("alice-y")
    assert not yard.sweeping.drop(file)


@pytest.mark.parametrize("when", ["after the decision", "after the bytes"])
def test_a_xorb_that_comes_again_during_its_deletion_is_a_new_generation(yard, when):
    condemned = yard.sweeping.condemn(forsaken(yard))
    if when == "after the bytes":
        yard.sweeping.erase(condemned)
    yard.push("bob", "bob-x", some_chunks(1))
    yard.sweeping.erase(condemned)
    yard.sweeping.bury(condemned)
    assert list(yard.xet.check()) == []
    answer = yard.xet.dedup.answer(yard.caller("bob"), to_text(layout_of(some_chunks(1)).hash_at(0)))
    assert answer is not None


def test_a_sweep_that_died_is_ended_by_the_next(yard):
    yard.sweeping.condemn(forsaken(yard))
    yard.sweeping.sweep(RULES)
    assert list(yard.blobs.keys("xorbs")) == []


def test_nobody_is_told_of_a_xorb_that_is_being_deleted(yard):
    yard.sweeping.condemn(forsaken(yard))
    assert yard.xet.dedup.answer(yard.caller("alice"), to_text(layout_of(some_chunks(1)).hash_at(0))) is None


def test_blobs_without_a_row_go_after_a_day(yard):
    incoming = yard.xet.xorbs.receive(to_text(layout_of(some_chunks(5)).hash), "alice")
    incoming._writer.commit(incoming._key)
    yard.xet.strays.sweep()
    yard.moment += DAY_US - 1
    assert yard.xet.strays.sweep() == 0
    assert len(list(yard.blobs.keys("xorbs"))) == 1
    yard.moment += 1
    yard.xet.strays.sweep()
    assert list(yard.blobs.keys("xorbs")) == []


def test_an_upload_that_is_seen_between_its_blobs_and_its_row_is_taken(yard):
    yard.blobs.put = seen_by_a_sweep(yard, yard.blobs.put)
    yard.push("alice", "alice-x", some_chunks(6))
    yard.moment += 2 * DAY_US
    assert yard.xet.strays.sweep() == 0
    assert list(yard.xet.check()) == []


def test_an_upload_whose_row_comes_a_day_late_is_refused(yard):
    yard.blobs.put = seen_by_a_sweep(yard, yard.blobs.put, 13 * 3600 * 1_000_000)
    with pytest.raises(StorageFailed, match="Send it again"):
        yard.push("alice", "alice-x", some_chunks(6))


def seen_by_a_sweep(yard: Yard, put, pause_us: int = 0):
    """Storing a blob, beside which a sweep looks for strays, and after which the upload is stopped for a while."""

    def store(key, data):
        put(key, data)
        yard.xet.strays.sweep()
        yard.moment += pause_us

    return store


def test_bytes_are_freed_soon_where_clients_are_made_to_forget(yard):
    yard.upload("alice", some_chunks(7))
    yard.sweeping.shorten(yard.moment + IN_FLIGHT_US)
    yard.moment += IN_FLIGHT_US + 1
    assert yard.sweeping.sweep(RULES) > 0


def test_an_upload_that_dies_counts_for_its_account_until_a_file_uses_it(yard):
    layout = yard.upload("alice", some_chunks(8))
    stored = len(encode_xorb(some_chunks(8)))
    assert yard.xet.unlinked_bytes("alice", START) == stored
    yard.register("alice", "alice-x", [file_of((layout, 0, 1))])
    assert yard.xet.unlinked_bytes("alice", START) == 0
