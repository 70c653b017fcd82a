"""The feeds, as a reader of feeds sees them."""

import json
import re
import struct
from html import unescape

import feedparser
import pytest

from freehold.base.ids import RepoId, RepoKind
from tests.kit.builders import a_commit, a_dataset, a_model


def ask(hub, path, who=None, **headers):
    with hub.client(who) as client:
        return client.get(path, headers=headers)


def read(hub, path, who=None):
    answer = ask(hub, path, who)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = feedparser.parse(answer.content)
    assert not feed.bozo, feed.bozo_exception
    assert feed.version == "atom10"
    return feed


def titles(hub, path, who=None):
    return [entry.title for entry in read(hub, path, who).entries]


def test_a_list_is_narrowed_as_its_page_is(hub):
    card = b"---\npipeline_tag: fill-mask\nlicense: mit\n---\n"
    a_model(hub, "alice/birds", files={"README.md": card}), a_model(hub, "alice/owls"), a_model(hub, "acme/birds")
    assert set(titles(hub, "/models/feed.atom")) == {"alice/birds", "alice/owls", "acme/birds"}
    assert titles(hub, "/models/feed.atom?search=birds&author=alice") == ["alice/birds"]
    assert titles(hub, "/models/feed.atom?pipeline_tag=fill-mask") == ["alice/birds"]
    assert titles(hub, "/models/feed.atom?filter=license:mit") == ["alice/birds"]
    assert titles(hub, "/models/feed.atom?license=mit") == ["alice/birds"]
    assert titles(hub, "/models/feed.atom?search=author:acme+birds") == ["acme/birds"]
    assert titles(hub, "/datasets/feed.atom") == []
    feed = read(hub, "/models/feed.atom?author=alice").feed
    assert feed.link.endswith("/models?author=alice")


def test_a_list_is_narrowed_by_what_fits_a_device(hub):
    header = json.dumps({"w": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}).encode()
    weights = struct.pack("<Q", len(header)) + header + b"\0" * 24
    a_model(hub, "alice/small", files={"model.safetensors": weights}), a_model(hub, "alice/unknown")
    assert titles(hub, "/models/feed.atom?fits=8") == ["alice/small"]
    assert titles(hub, "/models/feed.atom?fits=0.50000001") == []
    assert titles(hub, "/models/feed.atom?fits=0.50000001&bits=4") == ["alice/small"]


def test_a_repository_tells_of_commits_and_discussions(hub):
    birds = a_model(hub)
    oid = a_commit(hub, birds, {"a.txt": b"a"}, summary="Add <b>a</b> & more")
    hub.rooms.discussions.open(hub.rooms.repos.proposer(hub.actor("carol"), birds), "Is it <i>good</i>?", "x")
    commits = read(hub, "/alice/birds/feeds/commits.atom")
    assert commits.entries[0].title == "Add <b>a</b> & more"
    assert commits.entries[0].title_detail.type == "text/plain"
    assert commits.entries[0].link.endswith(f"/alice/birds/commit/{oid}")
    (thread,) = read(hub, "/alice/birds/feeds/discussions.atom").entries
    assert thread.author == "carol"
    assert "good" in thread.title
    assert thread.link.endswith("/alice/birds/discussions/1")


def test_an_empty_repository_has_an_empty_feed(hub):
    a_dataset(hub, "alice/none")
    feed = read(hub, "/datasets/alice/none/feeds/discussions.atom")
    assert feed.entries == []
    assert feed.feed.updated_parsed.tm_year > 2000


def test_people_and_organisations_have_feeds(hub):
    repo = a_model(hub)
    hub.rooms.catalog.likes.set(hub.rooms.repos.reader(hub.actor("carol"), repo), likes=True)
    assert titles(hub, "/users/carol/feed.atom") == ["carol liked the model alice/birds"]
    assert "alice published the model alice/birds" in titles(hub, "/users/alice/feed.atom")
    assert titles(hub, "/organizations/acme/feed.atom") == []
    for wrong in ("/users/acme/feed.atom", "/organizations/alice/feed.atom", "/users/none-such/feed.atom"):
        assert ask(hub, wrong).status_code == 404


def test_what_is_private_is_told_to_its_people_only(hub):
    a_model(hub, "acme/secret", visibility="private", files={"a.txt": b"a"})
    for path in ("/models/feed.atom", "/organizations/acme/feed.atom", "/users/alice/feed.atom"):
        for who in (None, "carol"):
            assert b"secret" not in ask(hub, path, who).content
        assert b"secret" in ask(hub, path, "alice").content
    feed = "/acme/secret/feeds/commits.atom"
    assert ask(hub, feed, "carol").status_code == 404
    assert ask(hub, feed).content == ask(hub, "/acme/absent/feeds/commits.atom").content
    assert ask(hub, feed, "alice").headers["cache-control"] == "private, no-cache"


def test_a_reader_who_has_it_is_told_so(hub):
    a_model(hub)
    first = ask(hub, "/models/feed.atom")
    etag, changed = first.headers["etag"], first.headers["last-modified"]
    again = ask(hub, "/models/feed.atom", **{"If-None-Match": f'W/{etag}, "other"'})
    assert (again.status_code, again.content) == (304, b"")
    assert ask(hub, "/models/feed.atom", **{"If-Modified-Since": changed}).status_code == 304
    assert ask(hub, "/models/feed.atom", **{"If-None-Match": '"x"', "If-Modified-Since": changed}).status_code == 200
    for odd in ("yesterday", "Mon, 01 Jan 0001 00:00:00 GMT", ""):
        assert ask(hub, "/models/feed.atom", **{"If-Modified-Since": odd}).status_code == 200


def test_a_renamed_repository_leads_to_its_feed(hub):
    birds = a_model(hub)
    hub.rooms.repos.move(hub.actor("alice"), birds, RepoId(RepoKind.MODEL, "alice", "owls"))
    answer = ask(hub, "/alice/birds/feeds/commits.atom")
    assert answer.headers["location"].endswith("/alice/owls/feeds/commits.atom")


@pytest.mark.parametrize("odd", ["\x01\x1f", "\ufffe", "]]>", "<!--", "\U0001f426"])
def test_whatever_a_commit_says_is_well_formed(hub, odd):
    birds = a_model(hub)
    a_commit(hub, birds, {"a.txt": b"a"}, summary=f"odd {odd} summary")
    assert "odd" in titles(hub, "/alice/birds/feeds/commits.atom")[0]


def test_pages_name_their_feeds(hub):
    a_model(hub)
    pages = ("/models?author=alice&sort=likes", "/alice", "/acme", "/alice/birds", "/alice/birds/commits/main",
             "/alice/birds/discussions")  # fmt: skip
    for page in pages:
        found = re.findall(r'<link rel="alternate" type="application/atom\+xml" title="[^"]+" href="([^"]+)">',
                           ask(hub, page, **{"Accept": "text/html"}).text)  # fmt: skip
        assert found, page
        for feed in found:
            read(hub, unescape(feed))
