"""What an application asks for when it sends a person here (OpenID Connect Core, section 3.1.2.1)."""

from dataclasses import dataclass

from freehold.base.words import later
from freehold.wire.oauth.parameters import Parameters, is_challenge
from freehold.wire.oauth.refusals import INVALID_REQUEST, INVALID_SCOPE, UNSUPPORTED_RESPONSE_TYPE, Refused
from freehold.wire.oauth.scopes import parse_scope

LONGEST_STATE = 2000
MOST_ORGS = 20
LONGEST_ID = 64
PROMPTS = ("none", "consent")
"""What this hub does of what an application may want the person to be asked."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that can be answered. `challenge`: S256, empty without one; `prompt`: one of PROMPTS, or empty."""

    redirect_uri: str
    scopes: tuple[str, ...]
    nonce: str
    challenge: str
    prompt: str
    max_age_s: int | None
    orgs: tuple[str, ...] = ()
    """The ids of organisations that it wants to reach, from `orgIds`."""


def parse_asked(parameters: Parameters, redirect_uri: str, *, confidential: bool) -> Asked:
    """The request, once the application and its address are known to be right. Raises Refused."""
    if parameters.get("response_type") != "code":
        raise Refused(UNSUPPORTED_RESPONSE_TYPE, later("The parameter 'response_type' must be 'code'."))
    if parameters.get("response_mode", "query") != "query":
        raise Refused(INVALID_REQUEST, later("Answers are given in the query only."))
    if "request" in parameters or "request_uri" in parameters:
        raise Refused(INVALID_REQUEST, later("Request objects are not taken; send plain parameters."))
    scopes = parse_scope(parameters.get("scope", "openid profile"))
    if not scopes:
        raise Refused(INVALID_SCOPE, later("None of these scopes is known to this hub."))
    challenge = _challenge(parameters, confidential=confidential)
    prompt = parameters.get("prompt", "")
    if prompt not in {"", *PROMPTS}:
        raise Refused(INVALID_REQUEST, later(f"The parameter 'prompt' can be: {', '.join(PROMPTS)}."))
    nonce = parameters.get("nonce", "")
    if max(len(nonce), len(parameters.get("state", ""))) > LONGEST_STATE:
        raise Refused(INVALID_REQUEST, later(f"'state' and 'nonce' may have {LONGEST_STATE} characters."))
    return Asked(redirect_uri, scopes, nonce, challenge, prompt, _seconds(parameters.get("max_age")), _orgs(parameters))


def _challenge(parameters: Parameters, *, confidential: bool) -> str:
    challenge = parameters.get("code_challenge", "")
    if not challenge and not confidential:
        raise Refused(INVALID_REQUEST, later("An application without a secret must send a 'code_challenge' (PKCE)."))
    if challenge and parameters.get("code_challenge_method") != "S256":
        raise Refused(INVALID_REQUEST, later("The parameter 'code_challenge_method' must be 'S256'."))
    if challenge and not is_challenge(challenge):
        raise Refused(INVALID_REQUEST, later("The 'code_challenge' is not a SHA-256 in base64url."))
    return challenge


def _orgs(parameters: Parameters) -> tuple[str, ...]:
    ids = [one.strip() for one in parameters.get("orgIds", "").split(",") if one.strip()]
    if len(ids) > MOST_ORGS or not all(len(one) <= LONGEST_ID and one.isascii() and one.isalnum() for one in ids):
        raise Refused(
            INVALID_REQUEST, later(f"The parameter 'orgIds' names at most {MOST_ORGS} organisations by their ids.")
        )
    return tuple(dict.fromkeys(ids))


def _seconds(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise Refused(INVALID_REQUEST, later("The parameter 'max_age' is a number of seconds."))
    return int(text)
