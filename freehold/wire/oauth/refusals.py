"""The one error of OAuth: a code that programs tell apart, and a sentence for people."""

from freehold.base.errors import Invalid

INVALID_REQUEST = "invalid_request"
INVALID_CLIENT = "invalid_client"
INVALID_GRANT = "invalid_grant"
INVALID_SCOPE = "invalid_scope"
INVALID_TARGET = "invalid_target"
ACCESS_DENIED = "access_denied"
AUTHORIZATION_PENDING = "authorization_pending"
SLOW_DOWN = "slow_down"
EXPIRED_TOKEN = "expired_token"  # noqa: S105 - a code of RFC 8628
UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"
UNSUPPORTED_RESPONSE_TYPE = "unsupported_response_type"
LOGIN_REQUIRED = "login_required"
CONSENT_REQUIRED = "consent_required"


class Refused(Invalid):
    """`code` is a word of RFC 6749, section 5.2 (or 8628, 8707, OpenID Connect); the message is its description."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
