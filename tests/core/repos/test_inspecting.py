"""What is found in a push before anybody else can see it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from freehold.base.errors import TooLarge, Unprocessable
from freehold.base.ids import Oid
from freehold.core.accounts.tokens import make_secret
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


def look(yard: Yard, bundle: Bundle, tip: Oid, *known: Oid, most_changes: int = 1000, **wishes: bool) -> None:
    with quarantined(yard, bundle) as quarantine, quarantine.objects() as objects:
        Inspection(objects, most_changes, **wishes).look([tip], known, quarantine.new_objects())


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


def test_a_secret_is_refused_by_file_line_and_kind_and_not_repeated(model: Yard):
    bundle, token = Bundle(), make_secret()
    tip = bundle.commit({b"d": bundle.folder({b"a.py": bundle.file(f"import x\nkey = '{token}'\n".encode())})})
    with pytest.raises(Unprocessable) as refused:
        look(model, bundle, tip)
    assert "d/a.py, line 2: a Hugging Face token" in refused.value.message and token not in refused.value.message
    look(model, bundle, tip, allow_secrets=True)


def test_a_secret_that_a_later_commit_takes_out_is_refused_still(model: Yard):
    bundle = Bundle()
    first = bundle.commit({b"a": bundle.file(make_secret().encode())})
    with pytest.raises(Unprocessable, match="a, line 1"):
        look(model, bundle, bundle.commit({b"a": bundle.file(b"gone")}, [first]))


def test_only_what_a_commit_adds_counts(model: Yard):
    """A secret that the file had is not added by another line, by moving, or by a merge of what brought it."""
    bundle, token = Bundle(), make_secret().encode()
    old = bundle.commit({b"a": bundle.file(token)}, message="Old\n\nsecrets.allow\n")
    side = bundle.commit({b"b": bundle.file(b"b")}, [old])
    edited = bundle.commit({b"a": bundle.file(b"more\n" + token + b"\n")}, [old])
    merged = {b"a": bundle.file(b"most\n" + token), b"b": bundle.file(b"b")}
    look(model, bundle, bundle.commit(merged, [side, edited]))
    with pytest.raises(Unprocessable, match="b, line 2"):
        look(model, bundle, bundle.commit({b"b": bundle.file(b"\n" + token)}, [edited]))


def test_an_old_secret_does_not_hinder_the_next_push(model: Yard):
    """What the repository holds already was refused or allowed when it came."""
    bundle, token = Bundle(), make_secret().encode()
    tip = bundle.commit({b"a": bundle.file(token)})
    with quarantined(model, bundle) as quarantine, quarantine.objects() as objects:
        Inspection(objects).look([tip], [], [oid for oid in quarantine.new_objects() if objects.kind(oid) != "blob"])
