"""The pages by which people enter and look after their account, in the table of who may do what.

The callers carry tokens. A page that changes how an account is entered takes a browser's session only.
"""

ACCOUNTS = """
GET /collections/{ns}/{slug}/access                                         404 404 403 403 200 200
POST /collections/{ns}/{slug}/access                                        403 403 403 403 403 403
GET /collections/{ns}/{slug}/access/fetched/{request}                       404 404 403 403 404 404
GET /collections/{ns}/{slug}/access/receipts/{grant}                        404 404 403 403 404 404
GET /collections/{ns}/{slug}/access/report                                  404 404 403 403 404 404
GET /collections/{ns}/{slug}/gate                                           404 404 404 404 303 303
POST /collections/{ns}/{slug}/gate                                          403 403 403 403 403 403
GET /collections/{ns}/{slug}/gate/receipt                                   303 404 404 404 404 404
POST /collections/{ns}/{slug}/gate/withdraw                                 403 403 403 403 403 403
GET /.well-known/freehold-receipts                                          200 200 200 200 200 200
GET /login                                                                  200 303 303 303 303 303
POST /login                                                                 403 403 403 403 403 403
GET /login/enrol                                                            303 303 303 303 303 303
POST /login/enrol                                                           403 403 403 403 403 403
GET /login/link/{secret}                                                    200 200 200 200 200 200
POST /login/link/{secret}                                                   403 403 403 403 403 403
POST /login/passkey                                                         403 403 403 403 403 403
GET /login/reset                                                            200 200 200 200 200 200
POST /login/reset                                                           403 403 403 403 403 403
GET /login/reset/{secret}                                                   401 401 401 401 401 401
POST /login/reset/{secret}                                                  403 403 403 403 403 403
GET /login/second                                                           303 303 303 303 303 303
POST /login/second                                                          403 403 403 403 403 403
POST /login/second/passkey                                                  403 403 403 403 403 403
POST /login/second/recovery                                                 403 403 403 403 403 403
POST /logout                                                                403 403 403 403 403 403
GET /settings/account                                                       303 403 403 403 403 403
POST /settings/account                                                      403 403 403 403 403 403
GET /settings/address/{secret}                                              303 200 200 200 200 200
POST /settings/address/{secret}                                             403 403 403 403 403 403
GET /settings/confirm                                                       303 403 403 403 403 403
POST /settings/confirm                                                      403 403 403 403 403 403
POST /settings/confirm/code                                                 403 403 403 403 403 403
POST /settings/confirm/passkey                                              403 403 403 403 403 403
GET /settings/gated-repos                                                   303 200 200 200 200 200
POST /settings/gated-repos/deleted                                          403 403 403 403 403 403
GET /settings/gated-repos/fetched/{grant}                                   303 200 200 200 200 200
GET /settings/gated-repos/given                                             303 200 200 200 200 200
GET /settings/gated-repos/receipts/{grant}                                  303 404 404 404 404 404
GET /settings/identity                                                      303 200 200 200 200 200
POST /settings/identity                                                     403 403 403 403 403 403
GET /settings/keys                                                          303 200 200 200 200 200
POST /settings/keys                                                         403 403 403 403 403 403
POST /settings/keys/remove                                                  403 403 403 403 403 403
GET /settings/password                                                      303 403 403 403 403 403
POST /settings/password                                                     403 403 403 403 403 403
GET /settings/profile                                                       303 200 200 200 200 200
POST /settings/profile                                                      403 403 403 403 403 403
POST /settings/profile/address                                              403 403 403 403 403 403
GET /settings/security                                                      303 403 403 403 403 403
POST /settings/security/app                                                 403 403 403 403 403 403
POST /settings/security/app/confirm                                         403 403 403 403 403 403
POST /settings/security/app/remove                                          403 403 403 403 403 403
POST /settings/security/passkey                                             403 403 403 403 403 403
POST /settings/security/passkey/remove                                      403 403 403 403 403 403
POST /settings/security/recovery                                            403 403 403 403 403 403
GET /settings/sessions                                                      303 200 200 200 200 200
POST /settings/sessions/end                                                 403 403 403 403 403 403
POST /settings/sessions/end-others                                          403 403 403 403 403 403
GET /settings/tokens                                                        303 200 200 200 200 200
POST /settings/tokens                                                       403 403 403 403 403 403
POST /settings/tokens/revoke                                                403 403 403 403 403 403
POST /settings/tokens/rotate                                                403 403 403 403 403 403
GET /signup                                                                 403 303 303 303 303 303
POST /signup                                                                403 403 403 403 403 403
GET /signup/confirm/{secret}                                                401 401 401 401 401 401
POST /signup/confirm/{secret}                                               403 403 403 403 403 403
GET /signup/{secret}                                                        401 401 401 401 401 401
POST /signup/{secret}                                                       403 403 403 403 403 403
"""
