"""Accounts are found by parts of their names as plain reading finds them, and shut ones never."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from freehold.core.accounts.by_words import FEW, by_words

NAMES = ("ann", "anna", "bob-ann", "ann-1", "o-anna", "zed", "a", "hanna-b", "x_y", "b.ob", "annabel", "z")
FULL = ("", "Ann Bell", "Bob", "Bell  Zed", "100% Bob", "an_b", "Z", "Annabel Lee Zed", "a!b", "[x] Ann")
WORDS = (
    "a",
    "an",
    "ann",
    "anna",
    "b",
    "bob",
    "bell",
    "zed",
    "%",
    "_",
    "!",
    "x_y",
    "o",
    "[x]",
    "annabe",
    "nothing",
    "z",
)


@pytest.fixture
def people(db):
    with db.write() as tx:
        for number, name in enumerate(NAMES):
            tx.run(
                "INSERT INTO accounts_account (id, kind, name, name_key, skeleton, full_name, disabled, created_at)"
                " VALUES (:id, :kind, :name, :name, :name, :full, :disabled, 1)",
                id=f"{number:024x}", kind="org" if number % 4 == 3 else "user", name=name,
                full=FULL[number % len(FULL)], disabled=1 if number == 2 else 0,
            )  # fmt: skip
    return db


def found(db, kind, words, limit=20, few=FEW):
    with db.read() as tx:
        return [row.name_key for row in by_words(tx, kind, words, "a.name_key", limit, few=few)]


def expected(db, kind, words, limit=20):
    with db.read() as tx:
        rows = tx.all("SELECT name_key, full_name FROM accounts_account WHERE kind = :kind AND disabled = 0", kind=kind)
    fits = [row.name_key for row in rows if all(w in row.name_key or w in row.full_name.lower() for w in words)]
    return sorted(fits, key=lambda name: (not name.startswith(words[0].lower()), name))[:limit]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(("user", "org")),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3),
    st.sampled_from((1, 3, 20)),
)
def test_what_is_found_is_what_has_every_word(people, kind, words, limit):
    assert found(people, kind, words, limit) == expected(people, kind, words, limit)


@pytest.mark.parametrize("word", ["an", "ann", "bob", "z"])
def test_where_much_fits_names_are_walked_along(people, word):
    assert found(people, "user", [word], few=1) == expected(people, "user", [word])


def test_the_exact_name_comes_first_and_then_those_that_begin_so(people):
    assert found(people, "user", ["ann"])[:2] == ["ann", "anna"]


def test_a_changed_name_is_found_at_once_and_the_old_one_no_more(people):
    with people.write() as tx:
        tx.run("UPDATE accounts_account SET full_name = 'Robin Wren', name_key = 'wren' WHERE name_key = 'zed'")
    assert found(people, "user", ["robin"]) == found(people, "user", ["ren"]) == ["wren"]
    assert "wren" not in found(people, "user", ["zed"])


def test_anything_may_be_asked(people):
    for word in ("\U0010ffff", "ä" * 500, "'", '"', "%%%", "a" * 2000):
        assert found(people, "user", [word]) == []
