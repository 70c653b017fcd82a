"""Who may do what: every route of the hub, asked by everybody, on a private repository of the organisation acme.

The columns are nobody, carol (no relation), zoe (reads in acme), alice with a token that may only read,
bob (writes in acme) and alice (administers acme). They ask in this order, each on the same repository, so a
change names its caller (`{who}`). A route without a row fails the build.
"""

import re

import pytest

from freehold.features.collections.collections import Draft
from tests.kit.buckets import a_bucket
from tests.kit.builders import a_model
from tests.kit.hub import TestHub
from tests.protocols.account_rows import ACCOUNTS
from tests.protocols.admin_rows import ADMIN
from tests.protocols.oauth.everyone import OAUTH
from tests.protocols.org_rows import ORG_BODIES, ORGS
from tests.protocols.repo_rows import TABLE
from tests.protocols.rows import FORMS, Row, filled
from tests.protocols.scim.everyone import SCIM
from tests.protocols.spelling import routes_of

CALLERS = (
    (None, "write"), ("carol", "write"), ("zoe", "write"), ("alice", "read"), ("bob", "write"), ("alice", "write"),
)  # fmt: skip

# Not built yet: 501 to everybody, whatever there is.
ABSENT = """
GET /api/daily_papers
GET /api/datasets/{repo}/leaderboard
POST /api/jobs/{ns}
GET /api/jobs/{ns}/{job}/{action}
POST /api/jobs/{ns}/{job}/{action}
PUT /api/jobs/{ns}/{job}/{action}
GET /api/papers/{paper}
POST /api/scheduled-jobs/{ns}
DELETE /api/scheduled-jobs/{ns}/{job}
GET /api/scheduled-jobs/{ns}/{job}/{action}
POST /api/scheduled-jobs/{ns}/{job}/{action}
PUT /api/scheduled-jobs/{ns}/{job}/{action}
GET /api/spaces/semantic-search
GET /api/spaces/zero-gpu/quota
POST /api/spaces/{repo}/dev-mode
POST /api/spaces/{repo}/hardware
GET /api/spaces/{repo}/logs/{log}
POST /api/spaces/{repo}/pause
POST /api/spaces/{repo}/restart
DELETE /api/spaces/{repo}/secrets
GET /api/spaces/{repo}/secrets
POST /api/spaces/{repo}/secrets
POST /api/spaces/{repo}/sleeptime
DELETE /api/spaces/{repo}/variables
GET /api/spaces/{repo}/variables
POST /api/spaces/{repo}/variables
DELETE /api/spaces/{repo}/volumes
PUT /api/spaces/{repo}/volumes
GET /api/tasks
GET /papers/{paper}
GET /xet/{domain}/v2/file-chunk-hashes/{file}
"""

SHA = "ab" * 32
VALUES = {
    "id": "0" * 24, "tag": "latest", "digest": f"sha256:{SHA}",
    "rev": "main", "path": "a.txt", "branch": "fresh-{who}", "spec": "main...main", "org": "acme", "user": "bob",
    "sha256": SHA, "rest": "x/y", "domain": "acme-e1", "file": SHA, "key": f"xorbs/ab/{SHA}",
    "chunk": SHA, "xorb": SHA, "grant": "none", "topic": "hub", "secret": "none", "oid": "main",
    "namespace": "acme", "num": "1", "item": "0" * 24, "job": "j", "action": "merge",
    "page": "overview", "paper": "1", "comment": "0" * 24, "tab": "files", "hook": "h", "way_out": "a.b.c",
    "log": "run", "group": "0" * 24, "member": "mallory", "lock": "none", "status": "pending", "request": "none",
    "provider": "p", "owner": "acme", "kind": "models", "part": "1",
    "ticket": "x.y", "number": "1",
}  # fmt: skip
COMMIT = '{"key":"header","value":{"summary":"s"}}\n{"key":"file","value":{"path":"{who}","content":"eA=="}}'
BODIES = ORG_BODIES | {
    "POST /api/models/{repo}/paths-info/{rev}": {"paths": ["a.txt"]},
    "POST /api/models/{repo}/preupload/{rev}": {"files": [{"path": "x", "size": 1, "sample": "eA=="}]},
    "POST /api/models/{repo}/branch/{branch}": {},
    "POST /api/models/{repo}/tag/{rev}": {"tag": "tag-{who}"},
    "POST /api/models/{repo}/super-squash/{branch}": {"message": "once"},
    "POST /api/models/{repo}/lfs-files/batch": {"deletions": {"sha": [], "rewriteHistory": False}},
    "POST /api/models/{repo}/lfs-files/duplicate": {"target": {"type": "model", "name": "acme/{name}"}, "files": []},
    "POST /api/models/{repo}/discussions": {"title": "t"},
    "POST /api/models/{repo}/discussions/{num}/comment": {"comment": "c"},
    "POST /api/models/{repo}/discussions/{num}/comment/{comment}/edit": {"content": "c"},
    "POST /api/models/{repo}/discussions/{num}/comment/{comment}/reaction": {"reaction": "👍"},
    "POST /api/models/{repo}/discussions/{num}/merge": {},
    "POST /api/models/{repo}/discussions/{num}/pin": {"pinned": True},
    "POST /api/models/{repo}/discussions/{num}/status": {"status": "closed"},
    "POST /api/models/{repo}/discussions/{num}/title": {"title": "t"},
    "POST /api/repos/create": {"name": "new-{who}", "organization": "acme"},
    "DELETE /api/repos/delete": {"name": "{name}", "organization": "acme"},
    "POST /api/repos/move": {"fromRepo": "acme/{name}", "toRepo": "acme/moved-{who}", "type": "model"},
    "POST /api/models/{repo}/duplicate": {"repository": "acme/copy-{who}"},
    "POST /api/collections": {"title": "made by {who}", "namespace": "acme"},
    "PATCH /api/collections/{ns}/{slug}": {"theme": "green"},
    "POST /api/collections/{ns}/{slug}/items": {"item": {"type": "model", "id": "acme/{name}"}},
    "PATCH /api/collections/{ns}/{slug}/items/{item}": {"note": "n"},
    "POST /api/settings/webhooks": {"url": "http://h.example/", "domains": ["discussion"],
                                    "watched": [{"type": "model", "name": "acme/{name}"}]},
    "PUT /api/models/{repo}/settings": {"visibility": "private"},
    "POST /api/buckets/{repo}/paths-info": {"paths": ["a.txt"]}, "PUT /api/buckets/{repo}/settings": {"private": True},
    "POST /api/models/{repo}/user-access-request/batch": {"status": "accepted", "requests": [{"user": "carol"}]},
    "POST /api/models/{repo}/user-access-request/grant": {"user": "carol"},
    "POST /api/models/{repo}/user-access-request/handle": {"user": "carol", "status": "accepted"},
    "POST /api/validate-yaml": {"content": "---\nlicense: mit\n---\n", "repoType": "model"},
    "POST /{repo}/info/lfs/locks": {"path": "{who}.bin"},
    "POST /{repo}/info/lfs/locks/verify": {},
    "POST /{repo}/info/lfs/objects/batch": {"operation": "upload", "objects": [{"oid": SHA, "size": 1}]},
    "POST /{repo}/info/lfs/objects/verify": {"oid": SHA, "size": 1},
}  # fmt: skip


def rows() -> list[Row]:
    """The table as values."""
    built = [line.split() for line in (TABLE + ORGS + ADMIN + ACCOUNTS + OAUTH + SCIM).splitlines() if line]
    absent = [[*line.split(), *["501"] * len(CALLERS)] for line in ABSENT.splitlines() if line]
    return [Row(method, route, tuple(map(int, statuses))) for method, route, *statuses in built + absent]


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    hub = TestHub(tmp_path_factory.mktemp("everyone"))
    yield hub
    hub.close()


def ask(hub: TestHub, row: Row, name: str) -> list[int]:
    """What each caller is answered."""
    draft = Draft("acme", name, private=True)
    slug = (
        hub.rooms.collections.create(hub.actor("alice"), draft).slug.partition("/")[2] if "{slug}" in row.route else ""
    )
    values = {**VALUES, "repo": f"acme/{name}", "name": name, "ns": "acme", "slug": slug}
    return [_ask(hub, row, values, user, role) for user, role in CALLERS]


def _ask(hub, row, values, user, role) -> int:
    who, name, values = f"{user}-{role}", values["name"], dict(values)
    if "super-squash" in row.route:
        values["branch"] = "main"
    path = re.sub(r"\{(\w+)\}", lambda match: values[match[1]], row.route).replace("{who}", who)
    options: dict[str, object] = {}
    if row.route.endswith("/batch") and "/buckets/" in row.route:
        options["content"] = '{"type":"deleteFile","path":"{who}"}'
    elif row.route.endswith("/commit/{rev}") and row.method == "POST":
        options["content"] = COMMIT.replace("{who}", who)
    elif row.key in BODIES:
        options["json"] = filled(BODIES[row.key], {"who": who, "name": name})
    elif FORMS.fullmatch(row.route) and row.method == "POST":
        options["data"] = {"name": "x"}
    with hub.client(user, role) as client:
        return client.request(row.method, path, **options).status_code


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.key)
def test_the_route_answers_everybody_as_the_table_says(hub, row):
    name = re.sub(r"[^a-z0-9]+", "-", row.key.lower()).strip("-")
    made = a_bucket if "/buckets/{repo}" in row.route else a_model
    made(hub, f"acme/{name}", visibility="private", files={"a.txt": b"a"})
    assert tuple(ask(hub, row, name)) == row.statuses


def test_no_route_is_missing_from_the_table(hub):
    assert routes_of(hub) == {row.key for row in rows()}
