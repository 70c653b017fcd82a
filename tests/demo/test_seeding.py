"""The example hub: whole, full of life, made once, and never made in somebody else's folder."""

import pytest

from freehold.app import check
from freehold.base.errors import Conflict, Invalid
from freehold.base.ids import GIT_KINDS
from freehold.core.accounts.actor import ANONYMOUS, Actor
from freehold.core.accounts.gates.gate import STATUSES
from freehold.core.catalog.query import Query
from freehold.demo.seeding import NOTE, seed
from freehold.demo.story import named
from freehold.settings import Settings

SEEN_BY = {
    "": (
        ("/", "which-language"),
        ("/models", "letters-en"),
        ("/models?sort=trending", "which-language"),
        ("/datasets", "sentences"),
        ("/spaces", "language-guesser"),
        ("/kernels", "softmax"),
        ("/buckets", "checkpoints"),
        ("/collections", "Letters"),
        ("/aviary", "Aviary"),
        ("/carol", "Carol Dove"),
        ("/aviary/letters-en", "perplexity"),
        ("/aviary/letters-en/blob/main/model.safetensors", "bigram.weight"),
        ("/aviary/letters-en-gguf/blob/main/letters-en-Q8_0.gguf", "bigram.weight"),
        ("/bob/which-language-nordic", "aviary/which-language"),
        ("/datasets/fieldnotes/sentences/blob/main/data/train.csv", "wren"),
        ("/aviary/which-language/discussions", "How short may a text be?"),
        ("/datasets/dave/bird-colours/discussions/1", "merged"),
        ("/datasets/dave/bird-colours/discussions/2/files", "0,128,128"),
        ("/harbour/tides-1", "not for navigation"),
    ),
    "alice": (
        ("/notifications", "A notebook about the counts?"),
        ("/settings/tokens", "workstation"),
        ("/settings/keys", "laptop"),
        ("/settings/webhooks", "ci.example.org"),
        ("/settings/organizations", "fieldnotes"),
    ),
    "frank": (("/harbour/tides-1/access", "erin"), ("/harbour/tides-2", "not released")),
    "carol": (("/settings/reports", "free-weights"), ("/settings/gated-repos", "tides-1")),
    "admin": (
        ("/-/admin/reports", "mallory"),
        ("/-/admin/people", "Judy Plover"),
        ("/-/admin/blocks", "203.0.113.0"),
    ),
}


def test_everything_in_it_agrees(demo):
    assert list(check(demo.house.rooms)) == []
    assert demo.house.rooms.queue.dead() == []


@pytest.mark.parametrize("name", SEEN_BY)
def test_pages_have_something_to_show(demo, name):
    with demo.visitor(name) as visitor:
        for path, text in SEEN_BY[name]:
            answer = visitor.get(path)
            assert (answer.status_code, text in answer.text) == (200, True), path


def test_it_has_every_kind_and_a_year_of_history(demo):
    rooms = demo.house.rooms
    for kind in GIT_KINDS:
        assert rooms.catalog.list(ANONYMOUS, kind, Query(limit=9)), kind
    created = rooms.repos.reader(ANONYMOUS, named("datasets/fieldnotes/sentences")).repo.created_at
    assert rooms.clock() - created > 300 * 24 * 3600 * 1_000_000


def test_requests_for_access_are_in_every_state(demo):
    rooms = demo.house.rooms
    frank = rooms.people.by_name("frank")
    assert frank is not None
    writer = rooms.repos.writer(Actor(frank.id, frank.name, may_write=True), named("harbour/tides-1"))
    found = {one: {it.person.name for it in rooms.gating.keeper(writer).requests(one)} for one in STATUSES}
    assert found == {"pending": {"erin", "dave"}, "accepted": {"carol", "bob", "judy"}, "rejected": {"ivan"}}


def test_made_once_it_stays_as_it_is(demo):
    lines = demo.house.rooms.catalog.list(ANONYMOUS, GIT_KINDS[0], Query(limit=99))
    again = seed(demo.settings)
    assert (again.new, again.note.password) == (False, demo.password)
    assert demo.house.rooms.catalog.list(ANONYMOUS, GIT_KINDS[0], Query(limit=99)) == lines


def test_it_is_not_made_where_something_is(tmp_path):
    (tmp_path / "hub.sqlite").write_text("somebody's")
    with pytest.raises(Conflict, match="not empty"):
        seed(Settings(data=tmp_path))
    assert not (tmp_path / NOTE).exists()


def test_half_a_demo_is_not_taken_for_a_whole_one(tmp_path):
    (tmp_path / NOTE).write_text('{"password": "x"}')
    (tmp_path / "hub.sqlite").write_text("begun")
    with pytest.raises(Conflict, match="interrupted"):
        seed(Settings(data=tmp_path))


def test_it_is_made_in_no_shared_database(tmp_path):
    with pytest.raises(Invalid, match="database"):
        seed(Settings(data=tmp_path / "demo", database="postgresql://hub@db/hub"))
