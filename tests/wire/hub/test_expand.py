"""The properties that `expand` may name."""

import pytest

from freehold.base.errors import Invalid
from freehold.base.ids import RepoKind
from freehold.wire.hub.expand import EXPANDABLE, check_expand


def test_every_kind_takes_its_own_names() -> None:
    for kind, names in EXPANDABLE.items():
        check_expand(kind, names)


def test_it_refuses_other_names_and_lists_the_valid_ones() -> None:
    with pytest.raises(Invalid, match=r"must be one of \[author, cardData, .*usedStorage\]: 'gguf'"):
        check_expand(RepoKind.DATASET, ["author", "gguf"])


def test_it_takes_what_older_clients_ask_for() -> None:
    check_expand(RepoKind.MODEL, ["xetEnabled"])
