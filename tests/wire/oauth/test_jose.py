"""A token is believed if the right issuer signed it, for us, now, by a way that only the issuer can go."""

import base64
import json
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from freehold.wire.oauth.jose import Expected, Untrusted, issuer_of, kid_of, make_key, public_jwk, sign, verify

NOW = 1_800_000_000
WANTED = Expected("https://issuer.example", "https://hub.test", NOW)
CLAIMS = {"iss": WANTED.issuer, "aud": WANTED.audience, "sub": "s", "iat": NOW, "exp": NOW + 300}


@cache
def pair() -> tuple[str, str]:
    return make_key()


def keys() -> dict:
    return {"keys": [public_jwk(*pair())]}


def token(**changes) -> str:
    claims = {name: value for name, value in (CLAIMS | changes).items() if value is not None}
    return sign(claims, *pair())


def test_what_we_sign_is_verified_with_what_we_show():
    assert verify(token(), keys(), WANTED)["sub"] == "s"
    assert "d" not in public_jwk(*pair()) and (kid_of(token()), issuer_of(token())) == (pair()[0], WANTED.issuer)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"iss": "https://issuer.example/"}, "somebody else"), ({"iss": None}, "somebody else"),
        ({"aud": "https://other"}, "not meant"), ({"aud": None}, "not meant"), ({"aud": []}, "not meant"),
        ({"aud": {"a": 1}}, "not meant"), ({"aud": ["https://hub.test", "x"], "azp": "x"}, "somebody else who"),
        ({"exp": NOW - 61}, "expired"), ({"exp": None}, "does not say"), ({"exp": "soon"}, "does not say"),
        ({"exp": True}, "does not say"), ({"exp": NOW + 25 * 3600}, "longer than a day"),
        ({"iat": None}, "does not say"), ({"iat": NOW + 61}, "not valid yet"), ({"nbf": NOW + 61}, "not valid yet"),
        ({"nbf": "x"}, "does not say"), ({"exp": 1e300}, "does not say"),
    ],
)  # fmt: skip
def test_what_it_says_must_be_right(changes, why):
    with pytest.raises(Untrusted, match=why):
        verify(token(**changes), keys(), WANTED)


def test_clocks_may_differ_by_a_minute():
    assert verify(token(exp=NOW - 30), keys(), WANTED)
    assert verify(token(iat=NOW + 30, nbf=NOW + 30), keys(), WANTED)


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_no_signature_and_a_shared_secret_are_no_signature():
    unsigned = f"{part({'alg': 'none'})}.{part(CLAIMS)}."
    pem = RSAKey.import_key(pair()[1]).as_pem(private=False)
    confused = jwt.encode({"alg": "HS256", "kid": pair()[0]}, CLAIMS, OctKey.import_key(b"k" * 64), ["HS256"])
    for forged in (unsigned, confused):
        with pytest.raises(Untrusted, match="does not take"):
            verify(forged, keys(), WANTED)
    octet = {"keys": [{"kty": "oct", "kid": pair()[0], "k": part(pem.decode())}]}
    with pytest.raises(Untrusted, match="no key"):
        verify(token(), octet, WANTED)


def test_another_key_and_changed_claims_are_refused():
    header, _, signature = token().split(".")
    other = make_key()
    for forged in (f"{header}.{part(CLAIMS | {'sub': 'mallory'})}.{signature}", sign(CLAIMS, pair()[0], other[1])):
        with pytest.raises(Untrusted, match="signature"):
            verify(forged, keys(), WANTED)
    with pytest.raises(Untrusted, match="no key"):
        verify(sign(CLAIMS, *other), keys(), WANTED)


def test_keys_in_the_header_of_the_token_are_not_asked():
    own = RSAKey.generate_key(2048)
    header = {"alg": "RS256", "jwk": own.as_dict(private=False)}
    with pytest.raises(Untrusted):
        verify(jwt.encode(header, CLAIMS, own, ["RS256"]), keys(), WANTED)


@pytest.mark.parametrize(
    ("key", "alg"), [(ECKey.generate_key("P-256"), "ES256"), (OKPKey.generate_key("Ed25519"), "Ed25519")]
)
def test_other_algorithms_of_public_keys_are_taken(key, alg):
    public = {**key.as_dict(private=False), "kid": "k"}
    signed = jwt.encode({"alg": alg, "kid": "k"}, CLAIMS, key, [alg])
    assert verify(signed, {"keys": [{"kty": "?"}, 7, public]}, WANTED)["sub"] == "s"


@pytest.mark.filterwarnings("ignore:Key size")
def test_a_weak_key_is_no_key():
    weak = RSAKey.import_key(rsa.generate_private_key(65537, 1024))
    signed = jwt.encode({"alg": "RS256", "kid": "w"}, CLAIMS, weak, ["RS256"])
    with pytest.raises(Untrusted, match="no key"):
        verify(signed, {"keys": [{**weak.as_dict(private=False), "kid": "w"}]}, WANTED)


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
JSON = st.recursive(LEAVES, lambda one: st.lists(one) | st.dictionaries(st.text(max_size=5), one), max_leaves=8)


@given(st.text(max_size=60) | st.builds(lambda a, b: f"{part(a)}.{part(b)}.AAAA", JSON, JSON), JSON)
def test_any_text_and_any_key_set_is_refused_in_words(text, listed):
    for act in (lambda: verify(text, {"keys": listed}, WANTED), lambda: verify(text, keys(), WANTED)):
        with pytest.raises(Untrusted):
            act()
