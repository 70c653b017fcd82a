"""How well words fit: the name itself, a part of it, what is told of it, and what is told but for a typo."""

from dataclasses import replace

import pytest

from freehold.core.catalog.matching import ALIKE, EXACT, NAMED, TOLD, Record, level, use, values
from freehold.core.catalog.popularity import Popularity
from freehold.core.catalog.rows import CatalogEntry
from tests.core.facts.reader import A_REPO

OWL = Record(
    replace(A_REPO, namespace="alice", name="Night-Owl-7b"),
    CatalogEntry(None, {"license": "mit"}, ["license:mit", "bird-songs"], text="Hears owls and cuckoos."),
    Popularity(),
)


@pytest.mark.parametrize(
    ("words", "fits"),
    [
        (("night-owl-7b",), EXACT),
        (("night", "owl", "7b"), EXACT),
        (("alice/night-owl-7b",), EXACT),
        (("ght-ow",), NAMED),
        (("owl", "alice"), NAMED),
        (("owls",), TOLD),
        (("cuckoo", "song"), TOLD),
        (("nihgt",), ALIKE),
        (("nigt", "owl"), ALIKE),
        (("cukoo",), 0),
        (("owl", "dog"), 0),
        (("---",), 0),
    ],
)
def test_words_fit_as_well_as_this(words, fits):
    assert level(OWL, words) == fits


def test_a_licence_says_what_it_allows():
    assert values(OWL, "use") == ["commercial"]
    assert values(OWL, "license") == ["mit"]
    assert values(OWL, "no such facet") == ()


def test_use_grows_ever_slower():
    one, ten, thousand = (use(Popularity(downloads=count)) for count in (1, 10, 1000))
    assert 0 == use(Popularity()) < one < ten < thousand < 4 * ten
    assert use(Popularity(likes=1)) == use(Popularity(downloads=20))
