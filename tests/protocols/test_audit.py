"""Whatever changes something leaves a line of the audit, by whichever door it comes."""

import json
import re

import pytest

from freehold.core.repos.gate_door import Asked
from tests.kit.buckets import a_bucket
from tests.kit.builders import a_model
from tests.kit.hub import TestHub
from tests.protocols.test_everyone import CALLERS, ask, rows

CHANGES_NOTHING = {
    "POST /api/buckets/{repo}/paths-info": "asks about paths",
    "POST /api/models/{repo}/paths-info/{rev}": "asks about paths",
    "POST /api/models/{repo}/preupload/{rev}": "asks how files should be sent",
    "POST /api/buckets/{repo}/batch": "deletes a file that is not there",
    "DELETE /api/models/{repo}/like": "takes back what nobody gave",
    "POST /api/validate-yaml": "looks at a card",
    "POST /oauth/userinfo": "asks who somebody is",
    "POST /v1/telemetry": "is thrown away",
    "POST /xet/{domain}/v1/telemetry": "is thrown away",
    "POST /{repo}/info/lfs/locks/verify": "lists locks",
    "POST /{repo}/info/lfs/objects/batch": "asks how files should be sent; their commit leaves the line",
}


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    hub = TestHub(tmp_path_factory.mktemp("audit"))
    for user, role in CALLERS:
        if user:
            hub.token(user, role)  # made here, since this leaves a line, too
    yield hub
    hub.close()


def lines(hub):
    with hub.rooms.db.read() as tx:
        return tx.scalar("SELECT count(*) FROM accounts_audit")


def test_what_is_fetched_through_a_gate_is_a_line_before_its_bytes_are_sent(hub):
    model = a_model(hub, "alice/vault", files={"README.md": b"#", "weights.txt": b"w", "more.txt": b"m"})
    hub.rooms.repos.admin(hub.actor("alice"), model).update(gated="auto")
    hub.rooms.gating.door(hub.rooms.repos.reader(hub.actor("carol"), model)).ask(Asked({}))
    for user in ("carol", "alice"):
        with hub.client(user) as client:
            for path in ("weights.txt", "weights.txt", "more.txt"):
                assert client.get(f"/alice/vault/resolve/main/{path}").status_code == 200
    with hub.rooms.db.read() as tx:
        fetched = tx.all("SELECT * FROM accounts_audit WHERE action = 'gate.fetch' AND subject = 'alice/vault'")
    assert [(row.actor_name, json.loads(row.detail)["what"]) for row in fetched] == [
        ("carol", "weights.txt"), ("carol", "more.txt"),
    ]  # fmt: skip
    assert hub.rooms.chain.verify().size >= 2


CHANGING = [
    row for row in rows() if row.method != "GET" and row.statuses[-1] in {200, 201, 204} and row.method != "HEAD"
]


@pytest.mark.parametrize("row", CHANGING, ids=lambda row: row.key)
def test_a_change_leaves_a_line_and_a_question_none(hub, row):
    name = "audited-" + re.sub(r"[^a-z0-9]+", "-", row.key.lower()).strip("-")
    (a_bucket if "/buckets/{repo}" in row.route else a_model)(
        hub, f"acme/{name}", visibility="private", files={"a.txt": b"a"}
    )
    before = lines(hub)
    ask(hub, row, name)
    written = lines(hub) - before - ("{slug}" in row.route)  # a collection is made first
    assert bool(written) == (row.key not in CHANGES_NOTHING)


def test_the_exceptions_are_rows_of_the_table():
    assert set(CHANGES_NOTHING) <= {row.key for row in CHANGING}
