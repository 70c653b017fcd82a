"""The hub's own keys."""

from freehold.core.accounts.secrets import hub_secret


def test_a_key_is_made_once_and_differs_by_name(db):
    first = hub_secret(db, "xet-token")
    assert len(first) == 32
    assert hub_secret(db, "xet-token") == first
    assert hub_secret(db, "lfs-url") != first
