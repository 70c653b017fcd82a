"""Who may do what at the authorisation server: rows of the table in tests/protocols/test_everyone.py."""

OAUTH = """
GET /.well-known/oauth-authorization-server                                 200 200 200 200 200 200
GET /.well-known/openid-configuration                                       200 200 200 200 200 200
GET /oauth/authorize                                                        400 400 400 400 400 400
POST /oauth/authorize                                                       403 403 403 403 403 403
GET /oauth/device                                                           303 200 200 200 200 200
POST /oauth/device                                                          400 400 400 400 400 400
POST /oauth/device/decide                                                   403 403 403 403 403 403
GET /oauth/jwks                                                             200 200 200 200 200 200
POST /oauth/revoke                                                          400 400 400 400 400 400
POST /oauth/token                                                           400 400 400 400 400 400
GET /oauth/userinfo                                                         401 200 200 200 200 200
POST /oauth/userinfo                                                        401 200 200 200 200 200
GET /settings/applications                                                  303 200 200 200 200 200
POST /settings/applications                                                 403 403 403 403 403 403
POST /settings/applications/delete                                          403 403 403 403 403 403
POST /settings/applications/revoke                                          403 403 403 403 403 403
GET /{repo}/settings/publishers                                             303 404 403 403 403 200
POST /{repo}/settings/publishers                                            403 403 403 403 403 403
POST /{repo}/settings/publishers/remove                                     403 403 403 403 403 403
GET /login/with/{provider}                                                  404 303 303 303 303 303
GET /login/with/{provider}/callback                                         404 404 404 404 404 404
GET /settings/providers                                                     303 200 200 200 200 200
POST /settings/providers/directory                                          403 403 403 403 403 403
POST /settings/providers/link                                               403 403 403 403 403 403
POST /settings/providers/unlink                                             403 403 403 403 403 403
"""
