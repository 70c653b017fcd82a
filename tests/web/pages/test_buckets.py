"""Pages about buckets show what the visitor may see, as it is, and nothing else."""

import pytest

from freehold.web.pages.bucket.page import PAGE
from tests.kit.buckets import a_bucket, put
from tests.kit.hub import TestHub
from tests.web.browsing import Browser, signed_in

FILES = {"a b.txt": b"a" * 1500, "logs/one.log": b"1", "logs/deep/<b>.log": b"2", "logs.json": b"{}"}
PAGES = ("", "/tree/logs", "/settings")


def test_a_folder_shows_names_sizes_and_downloads(hub: TestHub) -> None:
    a_bucket(hub, files=FILES)
    top = Browser(hub).get("/buckets/alice/shelf").text
    assert 'href="/buckets/alice/shelf/tree/logs"' in top
    assert 'href="/buckets/alice/shelf/resolve/a%20b.txt"' in top
    assert "1.5 kB" in top
    assert "4 files" in top
    assert "hf sync hf://buckets/alice/shelf ./folder" in top
    below = Browser(hub).get("/buckets/alice/shelf/tree/logs").text
    assert "one.log" in below
    assert "logs.json" not in below
    assert "&lt;b&gt;.log" in Browser(hub).get("/buckets/alice/shelf/tree/logs/deep").text


def test_only_who_may_write_is_told_how(hub: TestHub) -> None:
    a_bucket(hub)
    assert "hf sync ./folder" not in Browser(hub).get("/buckets/alice/shelf").text
    assert "hf sync ./folder" in signed_in(hub, "alice").get("/buckets/alice/shelf").text


def test_a_files_address_leads_to_its_bytes_and_nothing_else_is_there(hub: TestHub) -> None:
    a_bucket(hub, files=FILES)
    answer = Browser(hub).get("/buckets/alice/shelf/tree/a%20b.txt")
    assert (answer.status_code, answer.headers["location"]) == (303, "/buckets/alice/shelf/resolve/a%20b.txt")
    assert Browser(hub).get("/buckets/alice/shelf/tree/nowhere").status_code == 404


def test_a_hidden_bucket_looks_like_none(hub: TestHub) -> None:
    a_bucket(hub, "alice/secret", visibility="private", files=FILES)
    carol = signed_in(hub, "carol")
    for page in PAGES:
        hidden, absent = (carol.get(f"/buckets/alice/{name}{page}") for name in ("secret", "nothing"))
        assert hidden.status_code == absent.status_code == 404
        assert hidden.text.replace("secret", "nothing") == absent.text
    for page in ("/alice", "/buckets", "/buckets?author=alice"):
        assert "secret" not in carol.get(page).text
        assert "alice/</span><b>secret" in signed_in(hub, "alice").get(page).text
    assert Browser(hub).get("/buckets/alice/secret").status_code == 401


def test_a_long_folder_comes_in_pages(hub: TestHub) -> None:
    a_bucket(hub, files={f"{n:04}": b"" for n in range(PAGE + 1)})
    first = Browser(hub).get("/buckets/alice/shelf").text
    assert f"{PAGE:04}</a>" not in first
    assert f"?after={PAGE - 1:04}" in first
    assert f"{PAGE:04}</a>" in Browser(hub).get(f"/buckets/alice/shelf?after={PAGE - 1:04}").text


def test_lists_are_narrowed_and_come_in_pages(hub: TestHub) -> None:
    for n in range(32):
        a_bucket(hub, f"alice/shelf-{n}")
    a_bucket(hub, "carol/other")
    page = Browser(hub).get("/buckets?author=alice").text
    assert page.count('class="repo-row"') == 30
    assert "carol" not in page
    assert 'rel="next"' in page
    assert Browser(hub).get("/buckets?search=OTHER").text.count('class="repo-row"') == 1


def test_one_is_made_hidden_and_deleted_by_forms(hub: TestHub) -> None:
    alice = signed_in(hub, "alice")
    made = alice.post("/new", kind="bucket", owner="acme", name="shelf", visibility="public")
    assert made.headers["location"] == "/buckets/acme/shelf"
    put(hub, a_bucket(hub), {"a": b"a"})
    settings = "/buckets/acme/shelf/settings"
    assert alice.post(settings, visibility="private").status_code == 303
    assert signed_in(hub, "carol").get("/buckets/acme/shelf").status_code == 404
    assert "Nothing was deleted" in alice.post(f"{settings}/delete", on=settings, name="wrong").text
    gone = alice.post(f"{settings}/delete", on=settings, name="acme/shelf")
    assert gone.headers["location"] == "/acme"
    assert alice.get("/buckets/acme/shelf").status_code == 404


@pytest.mark.parametrize("user", ["carol", "bob"])
def test_settings_are_for_its_administrators(hub: TestHub, user: str) -> None:
    a_bucket(hub, "acme/shelf")
    visitor = signed_in(hub, user)
    assert "/settings" not in visitor.get("/buckets/acme/shelf").text.split("<main")[1]
    assert visitor.get("/buckets/acme/shelf/settings").status_code == 403
    assert visitor.post("/buckets/acme/shelf/settings", on="/settings/tokens", visibility="private").status_code == 403


def test_a_moved_bucket_leads_to_its_new_address(hub: TestHub) -> None:
    bucket = a_bucket(hub, files=FILES)
    hub.rooms.repos.move(hub.actor("alice"), bucket, type(bucket)(bucket.kind, "acme", "there"))
    answer = Browser(hub).get("/buckets/alice/shelf")
    assert (answer.status_code, answer.headers["location"]) == (307, "/buckets/acme/there")


def test_a_bucket_is_moved_by_its_form(hub: TestHub) -> None:
    a_bucket(hub, files=FILES)
    alice, there = signed_in(hub, "alice"), "/buckets/alice/shelf/settings"
    assert alice.post(f"{there}/move", on=there, owner="carol", name="shelf").status_code == 400
    answer = alice.post(f"{there}/move", on=there, owner="acme", name="rack")
    assert (answer.status_code, answer.headers["location"]) == (303, "/buckets/acme/rack")
    assert "4 files" in Browser(hub).get("/buckets/acme/rack").text
    assert Browser(hub).get("/buckets/alice/shelf").headers["location"].endswith("/buckets/acme/rack")
