"""Who may do what at the authorisation server: rows of the table in tests/protocols/test_everyone.py."""

OAUTH = """
GET /oauth/device                                                           303 200 200 200 200 200
POST /oauth/device                                                          400 400 400 400 400 400
POST /oauth/device/decide                                                   403 403 403 403 403 403
POST /oauth/revoke                                                          400 400 400 400 400 400
POST /oauth/token                                                           400 400 400 400 400 400
"""
