"""The headers that keep browsers safe, on the answer of every route; and that no other site's page changes anything."""

import re

import httpx
import pytest

from freehold.asgi.identity import SESSION_COOKIE
from freehold.asgi.needs import Need
from tests.kit.builders import a_commit, a_model
from tests.kit.hub import TestHub
from tests.protocols.rows import Row
from tests.protocols.test_everyone import VALUES, rows

PAGE_POLICY = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self'",
    "media-src": "'self'", "font-src": "'self'", "connect-src": "'self'", "form-action": None,
    "base-uri": "'none'", "frame-ancestors": "'none'",
}  # fmt: skip
ELSEWHERE = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site", "Referer": "https://evil.example/"}


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    hub = TestHub(tmp_path_factory.mktemp("headers"), trusted_proxies="127.0.0.1")
    birds = a_model(hub, "acme/birds", visibility="private", files={"a.txt": b"a"})
    a_commit(hub, birds, {"evil.html": b"<script>alert(1)</script>", "evil.svg": b"<svg/>", "page.pdf": b"%PDF"})
    yield hub
    hub.close()


def at(row: Row) -> str:
    values = {**VALUES, "repo": "acme/birds", "name": "birds", "ns": "acme", "slug": "none-000000000000000000000000"}
    return re.sub(r"\{(\w+)\}", lambda match: values.get(match[1], "x"), row.route).replace("{who}", "x")


def policy(text: str) -> dict[str, str]:
    return {name: rest for name, _, rest in (part.strip().partition(" ") for part in text.split(";"))}


def has_safe_headers(answer: httpx.Response) -> None:
    said = answer.headers
    assert said["x-content-type-options"] == "nosniff"
    assert said["referrer-policy"] == "same-origin"
    assert said["x-frame-options"] == "DENY"
    assert said["cross-origin-opener-policy"] == "same-origin"
    assert said["cross-origin-resource-policy"] in ("same-origin", "cross-origin")
    assert "camera=()" in said["permissions-policy"]
    assert said["strict-transport-security"].startswith("max-age=")
    assert "access-control-allow-credentials" not in said
    rules = policy(said["content-security-policy"])
    if said.get("content-type", "").startswith("text/html"):
        assert said["cross-origin-resource-policy"] == "same-origin"
        assert set(rules) >= set(PAGE_POLICY)
        assert all(value is None or rules[name] == value for name, value in PAGE_POLICY.items())
        assert "unsafe" not in said["content-security-policy"]
        # A block of data is no script: browsers run nothing of it.
        shown = answer.text.replace('<script type="application/ld+json">', "")
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|<[^>]*\s(on\w+|style)=", shown)
    else:
        assert rules == {"default-src": "'none'", "sandbox": ""}


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.key)
def test_every_answer_of_every_route_is_safe_in_a_browser(hub, row):
    for user in (None, "alice"):
        with hub.client(user) as client:
            for accept in ("text/html", "*/*"):
                answer = client.request(
                    row.method, at(row), headers={"Accept": accept, "X-Forwarded-Proto": "https"}, content=b"{}"
                )
                has_safe_headers(answer)


def test_without_tls_nothing_is_promised_about_it(hub):
    with hub.client() as client:
        assert "strict-transport-security" not in client.get("/").headers


def test_the_configured_address_tells_of_tls(tmp_path):
    hub = TestHub(tmp_path, url="https://hub.example")
    with hub.client() as client:
        assert "strict-transport-security" in client.get("/").headers
    hub.close()


CHANGING = [row for row in rows() if row.method not in ("GET", "HEAD")]


@pytest.mark.parametrize("row", CHANGING, ids=lambda row: row.key)
def test_no_other_sites_page_changes_anything_with_a_visitors_cookie(hub, row):
    secret = hub.rooms.sessions.open(hub.actor("alice").account_id).secret
    needs = {route.needs for route in hub.house.routes if row.method in (route.methods or ())}
    with hub.client() as client:
        for headers in (ELSEWHERE, {"Origin": "null"}, {}):
            answer = client.request(
                row.method, at(row), data={"name": "x"}, headers={"Cookie": f"{SESSION_COOKIE}={secret}", **headers}
            )
            assert answer.status_code >= 400 or is_harmless(row), (row.key, answer.status_code, needs)


def is_harmless(row: Row) -> bool:
    """Whether anybody at all may send it: it changes nothing of anybody's."""
    return row.statuses[0] < 400


@pytest.mark.parametrize(
    ("path", "kind", "shown"),
    [
        ("evil.html", "application/octet-stream", "attachment"),
        ("page.pdf", "application/octet-stream", "attachment"),
        ("evil.svg", "image/svg+xml", "inline"),
        ("a.txt", "text/plain; charset=utf-8", "inline"),
    ],
)
def test_what_repositories_hold_runs_nowhere(hub, path, kind, shown):
    with hub.client("alice") as alice:
        for view in ("resolve", "raw"):
            answer = alice.get(f"/acme/birds/{view}/main/{path}")
            assert answer.headers["content-type"] == kind
            assert answer.headers["content-disposition"].startswith(f"{shown};")
            assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
            assert "set-cookie" not in answer.headers


def test_every_route_says_what_it_needs(hub):
    assert all(isinstance(route.needs, Need) for route in hub.house.routes)
