"""What is found in a push before anybody else can see it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from freehold.base.errors import TooLarge
from freehold.base.ids import Oid
from freehold.core.repos.inspecting import Inspection
from freehold.stores.git.scratch import Quarantine
from tests.core.repos.conftest import MODEL, Yard
from tests.core.repos.test_pushing import Bundle


@contextmanager
def quarantined(yard: Yard, bundle: Bundle) -> Iterator[Quarantine]:
    """What a push brought, checked by git."""
    with yard.repos.writer(yard.alice, MODEL).quarantine() as quarantine:
        quarantine.incoming.write_bytes(b"".join(bundle.writer.finish().pieces))
        with quarantine.incoming.open("rb") as pack:
            quarantine.index(pack)
        yield quarantine


def look(yard: Yard, bundle: Bundle, tip: Oid, *known: Oid, most_changes: int = 1000) -> None:
    with quarantined(yard, bundle) as quarantine, quarantine.objects() as objects:
        Inspection(objects, most_changes).look([tip], known, quarantine.new_objects())


def test_a_tree_bomb_is_found_by_counting(model: Yard):
    bundle = Bundle()
    node = bundle.file(b"a")
    for _ in range(10):
        node = bundle.folder({b"%d" % number: node for number in range(10)})
    with pytest.raises(TooLarge, match="several steps"):
        look(model, bundle, bundle.commit({b"d": node}))


def test_only_what_changed_is_looked_at(model: Yard):
    bundle = Bundle()
    many = bundle.folder({b"%d" % number: bundle.file(b"%d" % number) for number in range(2000)})
    first = bundle.commit({b"many": many})
    second = bundle.commit({b"many": many, b"one": bundle.file(b"1")}, [first])
    look(model, bundle, second, first)
    with pytest.raises(TooLarge):
        look(model, bundle, second)
