"""What a licence id says, it says of ids that cards may name."""

import pytest

from freehold.wire import licence_terms
from freehold.wire.licence_terms import terms_of
from freehold.wire.licenses import LICENSES


@pytest.mark.parametrize(
    ("licence", "terms"),
    [
        ("mit", ("commercial",)),
        ("gpl-3.0", ("commercial", "sharealike")),
        ("cc-by-nc-sa-4.0", ("noncommercial", "sharealike")),
        ("llama3.1", ("commercial", "limits")),
        ("other", ()),
        ("MIT", ()),
    ],
)
def test_four_words_say_it(licence, terms):
    assert terms_of(licence) == terms


def test_every_listed_id_is_one_that_cards_may_name():
    groups = (value for name, value in vars(licence_terms).items() if isinstance(value, frozenset))
    assert {licence for group in groups for licence in group} <= set(LICENSES)
