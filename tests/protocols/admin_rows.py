"""The operator's pages, in the table of who may do what: nobody of the cast administers the hub."""

ADMIN = """
GET /-/admin                                                                303 403 403 403 403 403
GET /-/admin/blocks                                                         303 403 403 403 403 403
POST /-/admin/blocks                                                        403 403 403 403 403 403
GET /-/admin/invitations                                                    303 403 403 403 403 403
POST /-/admin/invitations                                                   403 403 403 403 403 403
GET /-/admin/organizations                                                  303 403 403 403 403 403
POST /-/admin/organizations                                                 403 403 403 403 403 403
GET /-/admin/people                                                         303 403 403 403 403 403
POST /-/admin/people                                                        403 403 403 403 403 403
GET /-/admin/queue                                                          303 403 403 403 403 403
POST /-/admin/queue                                                         403 403 403 403 403 403
GET /-/admin/reports                                                        303 403 403 403 403 403
POST /-/admin/reports                                                       403 403 403 403 403 403
GET /-/admin/repositories                                                   303 403 403 403 403 403
POST /-/admin/repositories                                                  403 403 403 403 403 403
GET /-/admin/settings                                                       303 403 403 403 403 403
GET /-/admin/tokens                                                         303 403 403 403 403 403
POST /-/admin/tokens                                                        403 403 403 403 403 403
"""
