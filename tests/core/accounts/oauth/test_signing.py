"""Keys change while everybody can follow: each is shown before it signs, and until what it signed has ended."""

from freehold.core.accounts.oauth.signing import AHEAD, ROTATE_AFTER, SigningKeys
from freehold.core.accounts.sealing import Sealer
from freehold.wire.oauth.jose import Expected, kid_of, verify
from tests.kit.hub import Time

SEALER = Sealer(b"k" * 32)


def test_a_key_is_replaced_after_a_while_and_shown_before(db):
    clock = Time()
    keys = SigningKeys(db, SEALER, clock)
    now_s = clock() // 1_000_000
    claims = {"iss": "i", "aud": "a", "iat": now_s, "exp": now_s + 60}
    first = kid_of(keys.sign(claims))
    assert [key["kid"] for key in keys.public()["keys"]] == [first]
    clock.advance(ROTATE_AFTER / 1e6)
    assert kid_of(keys.sign(claims)) == first
    both = [key["kid"] for key in keys.public()["keys"]]
    assert both[0] == first and len(both) == 2
    clock.advance(AHEAD / 1e6)
    later = keys.sign(claims)
    assert kid_of(later) == both[1] and verify(later, keys.public(), Expected("i", "a", now_s))
    clock.advance(ROTATE_AFTER / 1e6)
    keys.sign(claims)
    assert first not in [key["kid"] for key in keys.public()["keys"]]


def test_all_processes_sign_with_the_same_key(db):
    clock = Time()
    claims = {"iss": "i", "aud": "a", "iat": 1, "exp": 2}
    assert kid_of(SigningKeys(db, SEALER, clock).sign(claims)) == kid_of(SigningKeys(db, SEALER, clock).sign(claims))
