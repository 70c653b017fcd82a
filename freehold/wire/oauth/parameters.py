"""Parameters of OAuth requests: a form or a JSON object, every name at most once."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote_plus

import msgspec

from freehold.base.base64url import encode
from freehold.base.words import later
from freehold.wire.oauth.refusals import INVALID_CLIENT, INVALID_REQUEST, Refused

MOST_FIELDS = 50
_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"

Parameters = Mapping[str, str]
"""Empty values are left out, as RFC 6749, section 3.1, has it."""


def parse_body(content_type: str, body: bytes) -> Parameters:
    """The parameters of a request's body. Raises Refused.

    JSON is what huggingface_hub sends for a token exchange; RFC 6749 itself knows forms only.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == _FORM:
        try:
            return parse_query(body.decode("utf-8"))
        except UnicodeDecodeError:
            raise Refused(INVALID_REQUEST, later("The form is not valid UTF-8.")) from None
    if kind == _JSON:
        try:
            found = msgspec.json.decode(body, type=dict[str, str])
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise Refused(INVALID_REQUEST, later("The body must be a JSON object whose values are texts.")) from None
        return {name: value for name, value in found.items() if value}
    raise Refused(INVALID_REQUEST, later(f"Send the parameters as {_FORM}."))


def parse_query(text: str) -> Parameters:
    """The parameters of a query or a form. Raises Refused, also for a name that comes twice."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise Refused(INVALID_REQUEST, later("The parameters could not be read.")) from None
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise Refused(INVALID_REQUEST, later(f"The parameter {twice[:50]!r} must not be repeated."))
    return {name: value for name, value in pairs if value}


def demand(parameters: Parameters, name: str) -> str:
    """A parameter that must be there. Raises Refused."""
    value = parameters.get(name)
    if value is None:
        raise Refused(INVALID_REQUEST, later(f"The parameter {name!r} is missing."))
    return value


def parse_basic(user_and_password: str) -> tuple[str, str]:
    """A client's id and secret from the decoded text of a Basic header (RFC 6749, section 2.3.1). Raises Refused."""
    name, colon, secret = user_and_password.partition(":")
    if not colon:
        raise Refused(INVALID_CLIENT, later("The Authorization header must hold a client id and a secret."))
    return unquote_plus(name), unquote_plus(secret)


def proof_of(verifier: str, digest: bytes) -> str:
    """The S256 challenge of `verifier`, whose SHA-256 is `digest` (RFC 7636, section 4.2). Raises Refused."""
    if not is_verifier(verifier):
        raise Refused(INVALID_REQUEST, later("A code verifier has 43 to 128 letters, digits and -._~ characters."))
    return encode(digest)


_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def is_verifier(text: str) -> bool:
    """Whether `text` can be a code verifier (RFC 7636, section 4.1)."""
    return 43 <= len(text) <= 128 and set(text) <= _UNRESERVED


def is_challenge(text: str) -> bool:
    """Whether `text` can be an S256 challenge: 32 bytes in base64url."""
    return len(text) == 43 and set(text) <= _UNRESERVED - set(".~")
