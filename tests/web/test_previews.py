"""The pictures that stand for pages where their addresses are shared."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.base.ids import RepoId, RepoKind
from freehold.web.previews import HEIGHT, WIDTH, Picture, drawn, svg
from tests.kit.builders import a_dataset, a_model, a_repo
from tests.kit.hub import TestHub


def ask(hub: TestHub, path, who=None, **headers):
    with hub.client(who) as client:
        return client.get(path, headers=headers)


def size(png: bytes) -> tuple[int, ...]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", png[16:24])


def test_what_is_public_has_a_picture_of_its_own(hub):
    a_model(hub), a_dataset(hub, "alice/birds"), a_repo(hub, RepoKind.SPACE, "alice/birds", sdk="static")
    own = ask(hub, "/-/preview.png").content
    paths = ["alice.png", "acme.png", *(f"{kind}/alice/birds.png" for kind in ("models", "datasets", "spaces"))]
    pictures = [ask(hub, f"/-/preview/{path}") for path in paths]
    assert len({picture.content for picture in [*pictures, ask(hub, "/-/preview.png")]}) == 6
    for picture in pictures:
        assert picture.headers["content-type"] == "image/png"
        assert size(picture.content) == (WIDTH, HEIGHT)
    assert size(own) == (WIDTH, HEIGHT)


def test_what_is_private_has_the_hubs_own_whoever_asks(hub):
    a_model(hub, "alice/secret", visibility="private")
    own = ask(hub, "/-/preview.png")
    for path in ("models/alice/secret.png", "models/alice/absent.png", "planets/alice/secret.png", "nobody-here.png"):
        for who in (None, "alice"):
            answer = ask(hub, f"/-/preview/{path}", who)
            assert (answer.content, answer.headers["etag"]) == (own.content, own.headers["etag"])


def test_a_picture_is_sent_once(hub):
    a_model(hub)
    etag = ask(hub, "/-/preview/models/alice/birds.png").headers["etag"]
    assert ask(hub, "/-/preview/models/alice/birds.png", **{"If-None-Match": etag}).status_code == 304


def test_it_follows_what_it_shows(hub):
    repo_id = a_model(hub)
    before = ask(hub, "/-/preview/models/alice/birds.png").content
    hub.rooms.catalog.likes.set(hub.rooms.repos.reader(hub.actor("carol"), repo_id), likes=True)
    assert ask(hub, "/-/preview/models/alice/birds.png").content != before
    hub.rooms.repos.move(hub.actor("alice"), repo_id, RepoId(RepoKind.MODEL, "alice", "owls"))
    assert ask(hub, "/-/preview/models/alice/birds.png").content == ask(hub, "/-/preview.png").content


@given(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,94}[A-Za-z0-9]", fullmatch=True), st.text(max_size=60))
def test_any_name_can_be_drawn(name, fact):
    text = svg(Picture("model", name, name, (fact,), "Hub"))
    assert text.count("<text") <= 7


@pytest.mark.parametrize("name", ["w" * 96, "a-" * 47 + "a", "ok", ".".join("M" * 20)])
def test_the_longest_names_are_drawn(name):
    assert size(drawn(Picture("dataset", name, name, ("<b>&amp;",), "H & Co"))) == (WIDTH, HEIGHT)
