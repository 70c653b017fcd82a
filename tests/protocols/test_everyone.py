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
from tests.protocols.rows import FORMS, Row, filled
from tests.protocols.scim.everyone import SCIM
from tests.protocols.spelling import routes_of

CALLERS = (
    (None, "write"), ("carol", "write"), ("zoe", "write"), ("alice", "read"), ("bob", "write"), ("alice", "write"),
)  # fmt: skip

# {repo} stands for {ns:seg}/{name:seg}. Datasets, spaces and kernels share their endpoints with models.
TABLE = """
GET /                                                                       200 200 200 200 200 200
GET /-/report                                                               303 404 404 404 404 404
POST /-/report                                                              403 403 403 403 403 403
GET /agents.md                                                              200 200 200 200 200 200
GET /llms.txt                                                               200 200 200 200 200 200
GET /robots.txt                                                             200 200 200 200 200 200
GET /sitemap.xml                                                            200 200 200 200 200 200
GET /sitemap/{part}                                                         404 404 404 404 404 404
GET /search                                                                 200 200 200 200 200 200
GET /settings/reports                                                       303 200 200 200 200 200
GET /-/avatar/{name}                                                        200 200 200 200 200 200
GET /-/preview.png                                                          200 200 200 200 200 200
GET /-/preview/{owner}                                                      200 200 200 200 200 200
GET /-/preview/{kind}/{owner}/{name}                                        200 200 200 200 200 200
GET /-/style                                                                200 200 200 200 200 200
POST /-/follow                                                              403 403 403 403 403 403
POST /-/theme                                                               403 403 403 403 403 403
GET /-/{name}                                                               404 404 404 404 404 404
GET /api/agent-harnesses                                                    200 200 200 200 200 200
DELETE /api/buckets/{name}                                                  401 404 404 404 404 404
GET /api/buckets/{ns}                                                       200 200 200 200 200 200
DELETE /api/buckets/{repo}                                                  401 404 403 403 403 200
GET /api/buckets/{repo}                                                     401 404 200 200 200 200
POST /api/buckets/{repo}                                                    401 403 403 403 409 409
POST /api/buckets/{repo}/batch                                              401 404 403 403 200 200
GET /api/buckets/{repo}/events                                              401 404 400 400 400 400
POST /api/buckets/{repo}/paths-info                                         401 404 200 200 200 200
PUT /api/buckets/{repo}/settings                                            401 404 403 403 403 200
GET /api/buckets/{repo}/tree                                                401 404 200 200 200 200
GET /api/buckets/{repo}/tree/{path}                                         401 404 200 200 200 200
GET /api/buckets/{repo}/xet-read-token                                      401 404 200 200 200 200
GET /api/buckets/{repo}/xet-write-token                                     401 404 403 403 200 200
GET /api/collections                                                        200 200 200 200 200 200
POST /api/collections                                                       401 403 403 403 200 200
DELETE /api/collections/{ns}/{slug}                                         401 404 403 403 200 404
GET /api/collections/{ns}/{slug}                                            404 404 200 200 200 200
PATCH /api/collections/{ns}/{slug}                                          401 404 403 403 200 200
POST /api/collections/{ns}/{slug}/items                                     401 404 403 403 200 409
DELETE /api/collections/{ns}/{slug}/items/{item}                            401 404 403 403 404 404
PATCH /api/collections/{ns}/{slug}/items/{item}                             401 404 403 403 404 404
GET /api/datasets/{repo}/croissant                                          401 404 404 404 404 404
GET /api/datasets-tags-by-type                                              200 200 200 200 200 200
POST /api/lfs/{sha256}/complete                                             403 403 403 403 403 403
GET /api/lfs/{sha256}/content                                               403 403 403 403 403 403
PUT /api/lfs/{sha256}/content                                               403 403 403 403 403 403
PUT /api/lfs/{sha256}/parts/{part}                                          403 403 403 403 403 403
GET /api/jobs/hardware                                                      200 200 200 200 200 200
GET /api/jobs/{ns}                                                          401 200 200 200 200 200
GET /api/jobs/{ns}/{job}                                                    401 404 404 404 404 404
GET /api/models                                                             200 200 200 200 200 200
GET /api/models-tags-by-type                                                200 200 200 200 200 200
GET /api/models/{name}                                                      401 404 404 404 404 404
GET /api/models/{name}/revision/{rev}                                       401 404 404 404 404 404
GET /api/models/{name}/tree/{path}                                          401 404 404 404 404 404
GET /api/models/{repo}                                                      401 404 200 200 200 200
GET /api/models/{repo}/auth-check                                           401 404 200 200 200 200
GET /api/models/{repo}/auth-check/write                                     401 404 403 403 200 200
DELETE /api/models/{repo}/branch/{branch}                                   401 404 403 403 404 404
POST /api/models/{repo}/branch/{branch}                                     401 404 403 403 200 200
POST /api/models/{repo}/commit/{rev}                                        401 404 403 403 200 200
GET /api/models/{repo}/commits/{rev}                                        401 404 200 200 200 200
GET /api/models/{repo}/compare/{spec}                                       401 404 200 200 200 200
GET /api/models/{repo}/discussions                                          401 404 200 200 200 200
POST /api/models/{repo}/discussions                                         401 404 200 403 200 200
GET /api/models/{repo}/discussions/{num}                                    401 404 404 404 404 404
POST /api/models/{repo}/discussions/{num}/comment                           401 404 404 403 404 404
POST /api/models/{repo}/discussions/{num}/comment/{comment}/edit            401 404 404 403 404 404
POST /api/models/{repo}/discussions/{num}/comment/{comment}/hide            401 404 404 403 404 404
POST /api/models/{repo}/discussions/{num}/comment/{comment}/reaction        401 404 404 403 404 404
POST /api/models/{repo}/discussions/{num}/merge                             401 404 403 403 404 404
POST /api/models/{repo}/discussions/{num}/pin                               401 404 403 403 404 404
POST /api/models/{repo}/discussions/{num}/status                            401 404 404 403 404 404
POST /api/models/{repo}/discussions/{num}/title                             401 404 404 403 404 404
POST /api/models/{repo}/duplicate                                           401 404 403 403 200 200
GET /api/models/{repo}/lfs-files                                            401 404 200 200 200 200
POST /api/models/{repo}/lfs-files/batch                                     401 404 403 403 200 200
POST /api/models/{repo}/lfs-files/duplicate                                 401 404 200 403 200 200
DELETE /api/models/{repo}/like                                              401 404 200 403 200 200
POST /api/models/{repo}/like                                                401 404 200 403 200 200
GET /api/models/{repo}/likers                                               401 404 200 200 200 200
POST /api/models/{repo}/paths-info/{rev}                                    401 404 200 200 200 200
POST /api/models/{repo}/preupload/{rev}                                     401 404 403 403 200 200
GET /api/models/{repo}/refs                                                 401 404 200 200 200 200
GET /api/models/{repo}/revision/{rev}                                       401 404 200 200 200 200
GET /api/models/{repo}/safetensors-metadata/{path}                          401 404 400 400 400 400
PUT /api/models/{repo}/settings                                             401 404 403 403 403 200
POST /api/models/{repo}/super-squash/{branch}                               401 404 403 403 200 200
DELETE /api/models/{repo}/tag/{rev}                                         401 404 403 403 404 404
POST /api/models/{repo}/tag/{rev}                                           401 404 403 403 200 200
GET /api/models/{repo}/tree/{rev}                                           401 404 200 200 200 200
GET /api/models/{repo}/tree/{rev}/{path}                                    401 404 200 200 200 200
POST /api/models/{repo}/user-access-request/batch                           401 404 403 403 400 400
POST /api/models/{repo}/user-access-request/cancel                          401 404 404 403 404 404
POST /api/models/{repo}/user-access-request/grant                           401 404 403 403 400 400
POST /api/models/{repo}/user-access-request/handle                          401 404 403 403 400 400
GET /api/models/{repo}/user-access-request/{status}                         401 404 403 403 200 200
GET /api/models/{repo}/xet-read-token/{rev}                                 401 404 200 200 200 200
GET /api/models/{repo}/xet-write-token/{rev}                                401 404 403 403 200 200
GET /api/quicksearch                                                        200 200 200 200 200 200
GET /api/recent-activity                                                    400 400 400 400 400 400
POST /api/repos/create                                                      401 403 403 403 200 200
DELETE /api/repos/delete                                                    401 404 403 403 403 200
POST /api/repos/move                                                        401 404 403 403 403 200
GET /api/scheduled-jobs/{ns}                                                401 200 200 200 200 200
GET /api/scheduled-jobs/{ns}/{job}                                          401 404 404 404 404 404
GET /api/settings/repositories                                              401 200 200 200 200 200
GET /api/spaces/hardware                                                    200 200 200 200 200 200
GET /api/spaces/templates                                                   200 200 200 200 200 200
GET /api/settings/webhooks                                                  401 200 200 200 200 200
POST /api/settings/webhooks                                                 401 404 200 403 200 200
DELETE /api/settings/webhooks/{hook}                                        401 404 404 403 404 404
GET /api/settings/webhooks/{hook}                                           401 404 404 404 404 404
POST /api/settings/webhooks/{hook}                                          401 404 404 403 404 404
POST /api/settings/webhooks/{hook}/disable                                  401 404 404 403 404 404
POST /api/settings/webhooks/{hook}/enable                                   401 404 404 403 404 404
GET /api/spaces/{repo}/runtime                                              401 404 404 404 404 404
HEAD /api/telemetry/{topic}                                                 200 200 200 200 200 200
GET /api/users/{user}/followers                                             200 200 200 200 200 200
GET /api/users/{user}/following                                             200 200 200 200 200 200
GET /api/users/{user}/likes                                                 200 200 200 200 200 200
GET /api/users/{user}/overview                                              200 200 200 200 200 200
POST /api/validate-yaml                                                     200 200 200 200 200 200
GET /api/whoami-v2                                                          401 200 200 200 200 200
GET /buckets                                                                200 200 200 200 200 200
GET /buckets/{repo}                                                         401 404 200 200 200 200
GET /buckets/{repo}/settings                                                303 404 403 403 403 200
POST /buckets/{repo}/settings                                               403 403 403 403 403 403
POST /buckets/{repo}/settings/delete                                        403 403 403 403 403 403
GET /buckets/{repo}/tree/{path}                                             401 404 303 303 303 303
GET /buckets/{repo}/resolve/{path}                                          401 404 200 200 200 200
GET /collections                                                            200 200 200 200 200 200
GET /collections/add                                                        303 404 404 404 404 404
POST /collections/add                                                       403 403 403 403 403 403
GET /collections/new                                                        303 200 200 200 200 200
POST /collections/new                                                       403 403 403 403 403 403
GET /collections/{ns}/{slug}                                                404 404 200 200 200 200
POST /collections/{ns}/{slug}/delete                                        403 403 403 403 403 403
POST /collections/{ns}/{slug}/edit                                          403 403 403 403 403 403
POST /collections/{ns}/{slug}/item                                          403 403 403 403 403 403
POST /collections/{ns}/{slug}/items                                         403 403 403 403 403 403
POST /collections/{ns}/{slug}/vote                                          403 403 403 403 403 403
GET /docs/api                                                               200 200 200 200 200 200
GET /healthz                                                                200 200 200 200 200 200
GET /metrics                                                                200 200 200 200 200 200
GET /models                                                                 200 200 200 200 200 200
GET /models/feed.atom                                                       200 200 200 200 200 200
GET /organizations/{org}/feed.atom                                          200 200 200 200 200 200
GET /users/{user}/feed.atom                                                 200 200 200 200 200 200
GET /new                                                                    303 200 200 200 200 200
POST /new                                                                   403 403 403 403 403 403
GET /readyz                                                                 200 200 200 200 200 200
GET /notifications                                                          303 200 200 200 200 200
GET /notifications/leave/{way_out}                                          404 404 404 404 404 404
POST /notifications/leave/{way_out}                                         404 404 404 404 404 404
POST /notifications/mark                                                    403 403 403 403 403 403
POST /notifications/subscribe                                               403 403 403 403 403 403
GET /settings/storage                                                       303 200 200 403 200 200
POST /settings/storage                                                      403 403 403 403 403 403
GET /settings/webhooks                                                      303 200 200 200 200 200
POST /settings/webhooks                                                     403 403 403 403 403 403
GET /settings/webhooks/{hook}                                               303 404 404 404 404 404
POST /settings/webhooks/{hook}                                              403 403 403 403 403 403
POST /settings/webhooks/{hook}/delete                                       403 403 403 403 403 403
POST /settings/webhooks/{hook}/replay                                       403 403 403 403 403 403
POST /settings/webhooks/{hook}/switch                                       403 403 403 403 403 403
GET /settings/audit                                                         303 200 200 200 200 200
GET /settings/audit/hub                                                     303 403 403 403 403 403
POST /uploads                                                               401 400 400 403 400 400
GET /uploads/{name}                                                         404 404 404 404 404 404
POST /v1/telemetry                                                          204 204 204 204 204 204
GET /v2/                                                                    200 200 200 200 200 200
GET /v2/token                                                               401 200 200 200 200 200
GET /v2/{repo}/blobs/{digest}                                               401 404 404 404 404 404
GET /v2/{repo}/manifests/{tag}                                              401 404 404 404 404 404
GET /xet/{domain}/v1/chunks/default-merkledb/{chunk}                        401 401 401 401 401 401
GET /xet/{domain}/v1/chunks/default/{chunk}                                 401 401 401 401 401 401
GET /xet/{domain}/v1/fetch/{key}                                            403 403 403 403 403 403
PUT /xet/{domain}/v1/granted                                                403 403 403 403 403 403
GET /xet/{domain}/v1/reconstructions                                        413 413 413 413 413 413
POST /xet/{domain}/v1/reconstructions                                       400 400 400 400 400 400
GET /xet/{domain}/v1/reconstructions/{file}                                 401 401 401 401 401 401
POST /xet/{domain}/v1/shards                                                401 401 401 401 401 401
POST /xet/{domain}/v1/telemetry                                             204 204 204 204 204 204
POST /xet/{domain}/v1/xorb-commits/default-merkledb/{xorb}/grant/{grant}    401 401 401 401 401 401
POST /xet/{domain}/v1/xorb-commits/default/{xorb}/grant/{grant}             401 401 401 401 401 401
POST /xet/{domain}/v1/xorb-grants/default-merkledb/{xorb}                   401 401 401 401 401 401
POST /xet/{domain}/v1/xorb-grants/default/{xorb}                            401 401 401 401 401 401
POST /xet/{domain}/v1/xorbs/default-merkledb/{xorb}                         401 401 401 401 401 401
POST /xet/{domain}/v1/xorbs/default/{xorb}                                  401 401 401 401 401 401
GET /xet/{domain}/v2/reconstructions/{file}                                 401 401 401 401 401 401
POST /xet/{domain}/v2/shards                                                401 401 401 401 401 401
GET /{namespace}                                                            200 200 200 200 200 200
GET /{name}/resolve/{path}                                                  401 404 404 404 404 404
GET /{repo}                                                                 401 404 200 200 200 200
GET /{repo}/access                                                          303 404 403 403 200 200
POST /{repo}/access                                                         403 403 403 403 403 403
GET /{repo}/access/fetched/{request}                                        303 404 403 403 200 200
GET /{repo}/access/receipts/{grant}                                         303 404 403 403 404 404
POST /{repo}/ask-access                                                     401 404 400 400 400 400
GET /{repo}/blob/{rev}/{path}                                               401 404 200 200 200 200
GET /{repo}/blame/{rev}/{path}                                              401 404 200 200 200 200
GET /{repo}/compare                                                         401 404 200 200 200 200
GET /{repo}/compare/{spec}                                                  401 404 200 200 200 200
GET /{repo}/commits/{rev}/{path}                                            401 404 200 200 200 200
GET /{repo}/commit/{oid}                                                    401 404 200 200 200 200
GET /{repo}/commits/{rev}                                                   401 404 200 200 200 200
GET /{repo}/delete/{rev}/{path}                                             303 404 200 403 200 200
POST /{repo}/delete/{rev}/{path}                                            403 403 403 403 403 403
GET /{repo}/edit/{rev}/{path}                                               303 404 200 403 200 200
POST /{repo}/edit/{rev}/{path}                                              403 403 403 403 403 403
GET /{repo}/new/{rev}                                                       303 404 200 403 200 200
POST /{repo}/new/{rev}                                                      403 403 403 403 403 403
GET /{repo}/new/{rev}/{path}                                                303 404 200 403 200 200
POST /{repo}/new/{rev}/{path}                                               403 403 403 403 403 403
GET /{repo}/upload/{rev}                                                    303 404 200 403 200 200
POST /{repo}/upload/{rev}                                                   403 403 403 403 403 403
GET /{repo}/upload/{rev}/{path}                                             303 404 200 403 200 200
POST /{repo}/upload/{rev}/{path}                                            403 403 403 403 403 403
POST /{repo}/incoming                                                       403 403 403 403 403 403
POST /{repo}/incoming/commit                                                403 403 403 403 403 403
GET /{repo}/incoming/{ticket}                                               401 404 404 403 404 404
POST /{repo}/incoming/{ticket}/finish                                       403 403 403 403 403 403
PUT /{repo}/incoming/{ticket}/{number}                                      401 404 404 403 404 404
GET /{repo}/discussions                                                     401 404 200 200 200 200
GET /{repo}/discussions/new                                                 303 404 200 403 200 200
POST /{repo}/discussions/new                                                403 403 403 403 403 403
GET /{repo}/discussions/{num}                                               401 404 404 404 404 404
POST /{repo}/discussions/{num}/{action}                                     403 403 403 403 403 403
GET /{repo}/discussions/{num}/{tab}                                         401 404 404 404 404 404
GET /{repo}/feeds/commits.atom                                              401 404 200 200 200 200
GET /{repo}/feeds/discussions.atom                                          401 404 200 200 200 200
GET /{repo}/gate                                                            401 404 303 303 303 303
POST /{repo}/gate                                                           403 403 403 403 403 403
GET /{repo}/gate/receipt                                                    303 404 404 404 404 404
POST /{repo}/gate/withdraw                                                  403 403 403 403 403 403
POST /{repo}/git-receive-pack                                               401 404 403 403 400 400
POST /{repo}/git-upload-pack                                                401 404 400 400 400 400
GET /{repo}/info/lfs/locks                                                  401 404 200 200 200 200
POST /{repo}/info/lfs/locks                                                 401 404 403 403 201 201
GET /{repo}/info/lfs/locks/{rest}                                           401 404 404 404 404 404
POST /{repo}/info/lfs/locks/{rest}                                          401 404 404 404 404 404
POST /{repo}/info/lfs/locks/verify                                          401 404 200 403 200 200
POST /{repo}/info/lfs/locks/{lock}/unlock                                   401 404 403 403 404 404
POST /{repo}/info/lfs/objects/batch                                         401 404 200 403 200 200
POST /{repo}/info/lfs/objects/verify                                        401 404 404 403 404 404
GET /{repo}/info/refs                                                       401 404 400 400 400 400
POST /{repo}/like                                                           403 403 403 403 403 403
GET /{repo}/likers                                                          401 404 200 200 200 200
GET /{repo}/lineage                                                         401 404 200 200 200 200
GET /{repo}/raw/{rev}/{path}                                                401 404 200 200 200 200
GET /{repo}/resolve/{rev}/{path}                                            401 404 200 200 200 200
GET /{repo}/settings                                                        303 404 403 403 403 200
POST /{repo}/settings                                                       403 403 403 403 403 403
POST /{repo}/settings/delete                                                403 403 403 403 403 403
GET /{repo}/settings/keys                                                   303 404 403 403 403 200
POST /{repo}/settings/keys                                                  403 403 403 403 403 403
POST /{repo}/settings/keys/remove                                           403 403 403 403 403 403
GET /{repo}/tree/{rev}                                                      401 404 200 200 200 200
GET /{repo}/tree/{rev}/{path}                                               401 404 200 200 200 200
GET /{repo}/user-access-report                                              401 404 403 403 200 200
"""

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
