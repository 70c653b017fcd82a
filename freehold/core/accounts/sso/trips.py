"""A trip to another provider and back: what is sent along, what must come back, and what the hub then asks it."""

import base64
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote, urlencode

import msgspec

from freehold.base.clock import Clock, now
from freehold.base.errors import BadCredentials, Corrupt, Forbidden, HubError, NotFound
from freehold.base.words import later
from freehold.core.accounts.oauth.issuers import Issuers
from freehold.core.accounts.sealing import Sealer
from freehold.core.accounts.sso.foreign import ForeignAccounts
from freehold.core.accounts.sso.policy import Policy, by_name
from freehold.stores.outbound.client import Outbound
from freehold.wire.oauth.discovery import Provider
from freehold.wire.oauth.jose import Claims, Untrusted, half_hash
from freehold.wire.oauth.parameters import Parameters, proof_of
from freehold.wire.oauth.redirects import answer_at

LIFE_S = 600
"""How long somebody may take at the provider."""

MOST_BYTES = 256 << 10
LOST = later("This sign-in was begun in another browser, or too long ago. Begin again.")
_CONTEXT = "sso-trip"
_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


class Trip(msgspec.Struct, frozen=True, array_like=True):
    """What the browser carries, sealed, while its person is away; `link`: the account that began it signed in."""

    provider: str
    state: str
    nonce: str
    verifier: str
    back: str
    """The address that the provider was told to return to."""
    next: str
    link: str
    expires: int
    """Seconds since 1970 UTC."""


@dataclass(frozen=True, slots=True)
class Departure:
    """Where to send the browser, and the sealed `trip` that it carries."""

    url: str
    trip: str


@dataclass(frozen=True, slots=True)
class SignOn:
    """Takes people to the providers of `policies` and back."""

    policies: Sequence[Policy]
    accounts: ForeignAccounts
    issuers: Issuers
    outbound: Outbound
    sealer: Sealer
    clock: Clock = now

    def policy(self, name: str) -> Policy:
        """The provider of that name. Raises NotFound."""
        found = by_name(self.policies, name)
        if found is None:
            raise NotFound("This hub knows no such provider.")
        return found

    def depart(self, policy: Policy, back: str, *, target: str, link: str = "") -> Departure:
        """Begin a trip; `back` is where the provider returns to. Raises Invalid and NotReached."""
        provider = self.issuers.provider(policy.issuer)
        if not provider.authorization_endpoint or not provider.token_endpoint:
            raise Forbidden(f"{policy.label} does not let people sign in elsewhere.")
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        expires = self.clock() // 1_000_000 + LIFE_S
        trip = Trip(policy.name, state, nonce, verifier, back, target, link, expires)
        asked = {
            "response_type": "code", "client_id": policy.client_id, "redirect_uri": back, "scope": policy.scopes,
            "state": state, "nonce": nonce, "code_challenge_method": "S256",
            "code_challenge": proof_of(verifier, sha256(verifier.encode()).digest()),
        }  # fmt: skip
        sealed = self.sealer.seal(msgspec.json.encode(trip), _CONTEXT)
        return Departure(answer_at(provider.authorization_endpoint, asked), sealed)

    def arrive(self, policy: Policy, sealed: str, answer: Parameters) -> tuple[Trip, Claims]:
        """The trip that ends here, and what the provider says of its person. Raises BadCredentials, NotReached."""
        trip = self._opened(sealed)
        if trip.provider != policy.name or not hmac.compare_digest(
            trip.state.encode(), answer.get("state", "").encode()
        ):
            raise BadCredentials(LOST)
        provider = self.issuers.provider(policy.issuer)
        # An answer that somebody else's provider gave must not be shown to this one: RFC 9207.
        if answer.get("iss", policy.issuer) != policy.issuer or (provider.answers_with_issuer and "iss" not in answer):
            raise BadCredentials(LOST)
        if "error" in answer or "code" not in answer:
            said = answer.get("error_description") or answer.get("error") or "no reason"
            raise BadCredentials(f"{policy.label} did not sign you in. It says: {said[:200]}")
        return trip, self._claims(policy, provider, trip, answer["code"])

    def _opened(self, sealed: str) -> Trip:
        try:
            trip = msgspec.json.decode(self.sealer.open(sealed, _CONTEXT), type=Trip)
        except (Corrupt, msgspec.DecodeError):
            raise BadCredentials(LOST) from None
        if trip.expires < self.clock() // 1_000_000:
            raise BadCredentials(LOST)
        return trip

    def _claims(self, policy: Policy, provider: Provider, trip: Trip, code: str) -> Claims:
        given = self._redeem(policy, provider, trip, code)
        id_token, access = given.get("id_token"), given.get("access_token")
        if not isinstance(id_token, str):
            raise BadCredentials(f"{policy.label} gave no id token. Its client must have the scope openid.")
        try:
            claims = self.issuers.verify(id_token, policy.issuer, policy.client_id)
        except Untrusted as error:
            raise BadCredentials(f"{policy.label} could not be believed: {error.message}") from error
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), trip.nonce.encode()):
            raise BadCredentials(LOST)
        if isinstance(access, str) and claims.get("at_hash", half_hash(access)) != half_hash(access):
            raise BadCredentials(f"{policy.label} gave tokens that do not belong together.")
        lacks = "email" not in claims or (policy.groups and policy.groups_claim not in claims)
        if lacks and provider.userinfo_endpoint and isinstance(access, str):
            return {**self._more(provider, access, claims), **claims}
        return claims

    def _redeem(self, policy: Policy, provider: Provider, trip: Trip, code: str) -> Claims:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": trip.back,
            "code_verifier": trip.verifier,
        }
        headers = dict(_FORM)
        if policy.client_secret and provider.basic:
            pair = f"{quote(policy.client_id, safe='')}:{quote(policy.client_secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form |= {"client_id": policy.client_id}
            form |= {"client_secret": policy.client_secret} if policy.client_secret else {}
        answer = self.outbound.post(provider.token_endpoint, urlencode(form).encode(), headers, most=MOST_BYTES)
        found = _object(answer.body)
        if answer.status != 200:
            said = str(found.get("error_description") or found.get("error") or answer.status)
            raise BadCredentials(f"{policy.label} did not take its own code. It says: {said[:200]}")
        return found

    def _more(self, provider: Provider, access: str, claims: Claims) -> Claims:
        """What the provider tells besides, if it is about the same person."""
        headers = {"Authorization": f"Bearer {access}", "Accept": "application/json"}
        try:
            answer = self.outbound.get(provider.userinfo_endpoint, headers, most=MOST_BYTES)
        except HubError:
            return {}
        found = _object(answer.body) if answer.status == 200 else {}
        return found if found.get("sub") == claims.get("sub") else {}


def _object(body: bytes) -> Claims:
    try:
        return msgspec.json.decode(body, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
