"""Rows of the table of who may do what: organisations from within, and what has leaked."""

ORGS = """
POST /api/collections/{ns}/{slug}/resource-group                            401 404 403 403 403 200
POST /api/credentials/revoke                                                202 202 202 202 202 202
GET /api/models/{repo}/resource-group                                       401 404 200 200 200 200
POST /api/models/{repo}/resource-group                                      401 404 403 403 403 200
GET /api/organizations/{org}/followers                                      200 200 200 200 200 200
GET /api/organizations/{org}/members                                        200 200 200 200 200 200
DELETE /api/organizations/{org}/members/{member}                            401 403 403 403 403 404
PUT /api/organizations/{org}/members/{member}/role                          401 403 403 403 403 404
GET /api/organizations/{org}/overview                                       200 200 200 200 200 200
GET /api/organizations/{org}/resource-groups                                401 403 403 403 403 200
POST /api/organizations/{org}/resource-groups                               401 403 403 403 403 200
DELETE /api/organizations/{org}/resource-groups/{group}                     401 403 403 403 403 404
GET /api/organizations/{org}/resource-groups/{group}                        401 403 403 403 403 404
PATCH /api/organizations/{org}/resource-groups/{group}                      401 403 403 403 403 404
POST /api/organizations/{org}/resource-groups/{group}/repos                 401 403 403 403 403 404
POST /api/organizations/{org}/resource-groups/{group}/users                 401 403 403 403 403 404
DELETE /api/organizations/{org}/resource-groups/{group}/users/{user}        401 403 403 403 403 404
PATCH /api/organizations/{org}/resource-groups/{group}/users/{user}         401 403 403 403 403 404
GET /api/organizations/{org}/settings                                       401 403 403 403 403 200
PATCH /api/organizations/{org}/settings                                     401 403 403 403 403 200
GET /api/organizations/{org}/settings/repositories                          401 403 200 200 200 200
GET /organizations/{org}/settings/storage                                   303 403 403 403 403 200
POST /organizations/{org}/settings/storage                                  403 403 403 403 403 403
GET /organizations/{org}/settings/audit                                     303 403 403 403 403 200
GET /settings/organizations                                                 303 200 200 200 200 200
POST /settings/organizations                                                403 403 403 403 403 403
GET /organizations/{org}/settings                                            303 403 403 403 403 200
POST /organizations/{org}/settings                                           403 403 403 403 403 403
"""

ORG_BODIES = {
    "PUT /api/organizations/{org}/members/{member}/role": {"role": "read"},
    "PATCH /api/organizations/{org}/settings": {"defaultVisibility": "public"},
    "POST /api/organizations/{org}/resource-groups": {"name": "group-{who}"},
    "PATCH /api/organizations/{org}/resource-groups/{group}": {"name": "x"},
    "POST /api/organizations/{org}/resource-groups/{group}/repos": {"repos": []},
    "POST /api/organizations/{org}/resource-groups/{group}/users": {"users": []},
    "PATCH /api/organizations/{org}/resource-groups/{group}/users/{user}": {"role": "read"},
    "POST /api/models/{repo}/resource-group": {"resourceGroupId": None},
    "POST /api/collections/{ns}/{slug}/resource-group": {"resourceGroupId": None},
    "POST /api/credentials/revoke": {"credentials": ["hf_nothing"]},
}
