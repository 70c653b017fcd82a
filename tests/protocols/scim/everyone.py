"""Rows of the table of who may do what: SCIM, where only a directory's own token counts."""

SCIM = """
GET /scim/v2/Groups                                                         401 401 401 401 401 401
POST /scim/v2/Groups                                                        401 401 401 401 401 401
POST /scim/v2/Groups/.search                                                401 401 401 401 401 401
DELETE /scim/v2/Groups/{id}                                                 401 401 401 401 401 401
GET /scim/v2/Groups/{id}                                                    401 401 401 401 401 401
PATCH /scim/v2/Groups/{id}                                                  401 401 401 401 401 401
PUT /scim/v2/Groups/{id}                                                    401 401 401 401 401 401
GET /scim/v2/Users                                                          401 401 401 401 401 401
POST /scim/v2/Users                                                         401 401 401 401 401 401
POST /scim/v2/Users/.search                                                 401 401 401 401 401 401
DELETE /scim/v2/Users/{id}                                                  401 401 401 401 401 401
GET /scim/v2/Users/{id}                                                     401 401 401 401 401 401
PATCH /scim/v2/Users/{id}                                                   401 401 401 401 401 401
PUT /scim/v2/Users/{id}                                                     401 401 401 401 401 401
POST /scim/v2/.search                                                       401 401 401 401 401 401
GET /scim/v2/ResourceTypes                                                  401 401 401 401 401 401
GET /scim/v2/ResourceTypes/{name}                                           401 401 401 401 401 401
GET /scim/v2/Schemas                                                        401 401 401 401 401 401
GET /scim/v2/Schemas/{name}                                                 401 401 401 401 401 401
GET /scim/v2/ServiceProviderConfig                                          401 401 401 401 401 401
GET /scim/v2/{rest}                                                         401 401 401 401 401 401
"""
