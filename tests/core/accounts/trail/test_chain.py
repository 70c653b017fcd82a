"""The chain: whatever is done to it is found and named."""

import json
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context

import msgspec
import pytest

from freehold.base.errors import Invalid, NotFound
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.audit import record
from freehold.core.accounts.trail.chain import Chain
from freehold.core.accounts.trail.personal import Personal
from freehold.core.accounts.trail.reading import Trail
from freehold.stores.db.database import Database
from freehold.wire.audit.checkpoints import open_note
from freehold.wire.audit.lines import read_line
from freehold.wire.audit.proofs import verify_proof
from freehold.wire.audit.verifying import verify_file

SEED = bytes(range(32))


def write(db, count, start=0):
    for number in range(start, start + count):
        with db.write() as tx:
            record(tx, SYSTEM, "repo.create", f"alice/{number}", address="192.0.2.7")


@pytest.fixture
def chain(db):
    """Nine lines, of which the first six are signed."""
    chain = Chain(db, SEED)
    write(db, 6)
    chain.checkpoint()
    write(db, 3, 6)
    return chain


def tamper(db, *statements):
    """As somebody who holds the database and its passwords would."""
    with db.write() as tx:
        if db.is_sqlite:
            for row in tx.all("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
                tx.run(f"DROP TRIGGER {row.name}")
        else:
            tx.run("ALTER TABLE accounts_audit DISABLE TRIGGER USER")
            tx.run("ALTER TABLE accounts_audit_checkpoint DISABLE TRIGGER USER")
        for statement in statements:
            tx.run(statement)


TAMPERING = {
    "an actor is changed": (["UPDATE accounts_audit SET actor_name = 'mallory' WHERE seq = 4"], "Line 4 was changed"),
    "a time is changed": (["UPDATE accounts_audit SET at = at + 1 WHERE seq = 4"], "Line 4 was changed"),
    "a detail is changed": (["UPDATE accounts_audit SET detail = '{\"x\":1}' WHERE seq = 4"], "Line 4 was changed"),
    "a detail is broken": (["UPDATE accounts_audit SET detail = '{' WHERE seq = 4"], "Line 4 was changed"),
    "an address is changed": (
        ["UPDATE accounts_audit SET personal = '{\"address\":\"::1\"}' WHERE seq = 4"],
        "Line 4 was changed: its personal part",
    ),
    "a line is hidden from its owner": (
        ["UPDATE accounts_audit SET namespace = 'carol' WHERE seq = 4"], "Line 4 was changed",
    ),
    "a line is deleted": (["DELETE FROM accounts_audit WHERE seq = 4"], "Line 4 is missing"),
    "a line is deleted and the gap is closed": (
        ["DELETE FROM accounts_audit WHERE seq = 4", *[f"UPDATE accounts_audit SET seq = {n - 1} WHERE seq = {n}"
                                                       for n in range(5, 10)]],
        "Line 4 was changed",
    ),
    "two lines are exchanged": (
        ["UPDATE accounts_audit SET seq = 99 WHERE seq = 4", "UPDATE accounts_audit SET seq = 4 WHERE seq = 5",
         "UPDATE accounts_audit SET seq = 5 WHERE seq = 99"],
        "Line 4 was changed",
    ),
    "the first line is deleted": (["DELETE FROM accounts_audit WHERE seq = 1"], "Line 1 is missing"),
    "the end is cut off": (["DELETE FROM accounts_audit WHERE seq > 7"], "Line 8 is missing"),
    "the end is cut off and the head put back": (
        ["DELETE FROM accounts_audit WHERE seq > 4",
         "UPDATE accounts_audit_head SET seq = 4, hash = (SELECT hash FROM accounts_audit WHERE seq = 4)"],
        "Line 5 is missing: a checkpoint",
    ),
    "a line is added behind the end": (
        ["INSERT INTO accounts_audit SELECT 10, 'x', at, actor_id, actor_name, action, subject, namespace, detail,"
         " personal_hash, hash, hash, salt, personal FROM accounts_audit WHERE seq = 9"],
        "Line 10 was changed",
    ),
    "all lines are deleted": (["DELETE FROM accounts_audit"], "Line 1 is missing"),
    "a checkpoint is changed": (
        ["UPDATE accounts_audit_checkpoint SET note = replace(note, 'time 2', 'time 3')"], "not signed by this key",
    ),
}  # fmt: skip


def test_an_untouched_chain_holds(chain):
    walk = chain.verify()
    assert (walk.size, walk.checkpoints) == (9, 1)


@pytest.mark.parametrize("what", TAMPERING)
def test_tampering_is_found_and_named(db, chain, what):
    statements, words = TAMPERING[what]
    tamper(db, *statements)
    with pytest.raises(Invalid, match=words):
        chain.verify()
    assert [fault.room for fault in chain.faults()] == ["accounts"]


def remade(db, change):
    """The whole chain made anew around a change: all hashes are right, and only what was signed tells."""
    with db.read() as tx:
        rows = tx.all("SELECT * FROM accounts_audit ORDER BY seq")
    tamper(db, "DELETE FROM accounts_audit", "UPDATE accounts_audit_head SET seq = 0, hash = '" + "0" * 64 + "'")
    for row in rows:
        with db.write() as tx:
            record(tx, SYSTEM, row.action, change(row.subject), address="192.0.2.7")


def test_a_chain_that_was_made_anew_contradicts_its_checkpoint(db, chain):
    remade(db, lambda subject: subject.replace("alice/2", "alice/birds"))
    with pytest.raises(Invalid, match="Line 6 or one before it is not what the checkpoint"):
        chain.verify()
    with pytest.raises(Invalid):
        chain.export().__next__()


def test_a_checkpoint_that_was_kept_elsewhere_tells_when_those_here_are_gone(db, chain):
    kept = open_note(chain.newest(), chain.public_key)
    remade(db, lambda subject: subject.replace("alice/2", "alice/birds"))
    tamper(db, "DELETE FROM accounts_audit_checkpoint")
    assert chain.verify().size == 9
    with pytest.raises(Invalid, match="Line 6 or one before it"):
        chain.verify([kept])


def test_a_broken_chain_is_not_signed(db, chain):
    tamper(db, "UPDATE accounts_audit SET actor_name = 'mallory' WHERE seq = 8")
    with pytest.raises(Invalid, match="Line 8 was changed"):
        chain.checkpoint()


def test_a_checkpoint_goes_on_from_the_last_one(db, chain):
    note = chain.checkpoint()
    assert chain.checkpoint() == note == chain.newest()
    assert open_note(note, chain.public_key).size == 9
    assert chain.verify().checkpoints == 2


def test_nothing_is_no_chain(db):
    assert Chain(db, SEED).verify().size == 0
    with pytest.raises(Invalid, match="nothing to sign"):
        Chain(db, SEED).checkpoint()


def test_an_exported_chain_is_verified_without_the_hub(db, chain):
    lines = list(chain.export())
    walk = verify_file(lines, chain.public_key)
    assert (walk.size, walk.checkpoints, walk.head) == (9, 2, json.loads(lines[-2])["hash"])


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda lines: [line.replace(b"alice/3", b"alice/x") for line in lines], "Line 4 was changed"),
        (lambda lines: lines[:3] + lines[4:], "Line 4 is missing"),
        (lambda lines: [*lines[:3], lines[2], *lines[3:]], "Line 3 is there twice"),
        (lambda lines: [*lines[:3], lines[4], lines[3], *lines[5:]], "Line 4 is missing"),
        (lambda lines: lines[:8], "No checkpoint signs the lines from 7 on"),
        (lambda lines: lines[:6], "No checkpoint signs the lines from 1 on"),
        (lambda lines: [*lines, b"{"], "not a line"),
        (lambda lines: [*lines, b'{"checkpoint":1}'], "not a checkpoint"),
    ],
)
def test_an_exported_chain_that_was_spoilt_is_refused(db, chain, spoil, words):
    with pytest.raises(Invalid, match=words):
        verify_file(spoil(list(chain.export())), chain.public_key)


def test_a_line_that_was_forged_whole_does_not_fit_the_next(db, chain):
    lines = list(chain.export())
    forged = msgspec.structs.replace(read_line(lines[3]), subject="alice/forged")
    lines[3] = msgspec.json.encode(msgspec.structs.replace(forged, hash=forged.computed))
    with pytest.raises(Invalid, match="Line 5 does not follow the line before it"):
        verify_file(lines, chain.public_key)


def test_what_is_forgotten_leaves_the_chain_whole(db, chain):
    note = chain.checkpoint()
    assert Personal(db, 0).forget_old() == 9
    walk = chain.verify()
    assert (walk.size, walk.redacted) == (10, 9)
    assert chain.newest() == note
    with db.read() as tx:
        assert tx.scalar("SELECT count(*) FROM accounts_audit WHERE personal IS NOT NULL OR salt IS NOT NULL") == 0
    assert Personal(db, -1).forget_old() == 0


def _many(url, count):
    db = Database(url)
    with ThreadPoolExecutor(25) as writers:

        def one(number):
            try:
                with db.write() as tx:
                    record(tx, SYSTEM, "repo.create", f"alice/{number}")
                    record(tx, SYSTEM, "repo.like", f"alice/{number}")
                    if number % 5 == 0:
                        raise ZeroDivisionError
            except ZeroDivisionError:
                pass

        list(writers.map(one, range(count)))
    db.close()


def test_fifty_writers_of_two_processes_leave_no_gap(db, database_url):
    processes = [get_context("spawn").Process(target=_many, args=(database_url, 100)) for _ in range(2)]
    for one in processes:
        one.start()
    for one in processes:
        one.join()
    assert Chain(db, SEED).verify().size == 2 * 2 * 80


def test_a_line_is_proven_to_whom_it_concerns_without_the_hub(db, chain):
    proof = msgspec.json.encode(chain.prove(Trail(db).of_hub().line(3)))
    proven = verify_proof(proof, chain.public_key)
    assert (proven.line.subject, proven.checkpoint.size) == ("alice/2", 6)
    with pytest.raises(Invalid, match="No checkpoint signs this line yet"):
        chain.prove(Trail(db).of_hub().line(7))
    chain.checkpoint()
    assert verify_proof(msgspec.json.encode(chain.prove(Trail(db).of_hub().line(7))), chain.public_key)
    with pytest.raises(NotFound):
        Trail(db).of_hub().line(10)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b"alice/2", b"alice/9", "was changed"), (b"192.0.2.7", b"192.0.2.8", "personal part"),
        (b'"path":["', b'"path":["00', "does not sign"), (b'"seq":3', b'"seq":4', "was changed"),
        (b"time 2", b"time 3", "not signed by this key"), (b"{", b"[", "not a proof"),
    ],
)  # fmt: skip
def test_a_proof_that_was_spoilt_proves_nothing(db, chain, old, new, words):
    proof = msgspec.json.encode(chain.prove(Trail(db).of_hub().line(3)))
    assert old in proof
    with pytest.raises(Invalid, match=words):
        verify_proof(proof.replace(old, new, 1), chain.public_key)
