"""The frame of every page: its policy, its assets, its theme, its errors, and its address behind a prefix."""

import re
from contextlib import closing

import pytest

from freehold.web.assets import WEB, Assets
from tests.kit.builders import a_model
from tests.kit.hub import TestHub
from tests.web.browsing import Browser, signed_in


def test_every_page_forbids_script_and_style_of_others(hub):
    a_model(hub, files={"README.md": b"# Hi"})
    for path in ("/", "/models", "/alice", "/alice/birds", "/alice/birds/tree/main", "/login", "/nothing/here"):
        answer = Browser(hub).get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        # A block of data is no script: browsers run nothing of it.
        shown = answer.text.replace('<script type="application/ld+json">', "")
        assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=", shown), path
        assert not re.search(r'(?:src|<link rel="(?!canonical)[^>]*href)="https?:', answer.text), path


def test_assets_are_kept_for_ever_under_their_hash(hub):
    browser = Browser(hub)
    for path in re.findall(r'(?:href|src)="(/-/[^"]+)"', browser.get("/").text):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert browser.get("/-/site.000000000000.css").status_code == 404


def test_assets_travel_packed_to_whoever_can_unpack_them(hub):
    path = Assets().css
    client = Browser(hub).client
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    packed = client.get(path, headers={"Accept-Encoding": "gzip, br"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content) / 3
    assert packed.content == plain.content


def test_style_and_script_are_small():
    assets = Assets()
    total = sum(len(asset.packed) for asset in assets._by_path.values())
    assert total < 60_000 / 2


def test_the_theme_is_chosen_by_a_form_and_kept(hub):
    browser = Browser(hub)
    assert "data-theme" not in browser.get("/").text
    answer = browser.post("/-/theme", on="/models", theme="dark", back="/models")
    assert (answer.status_code, answer.headers["location"]) == (303, "/models")
    assert 'data-theme="dark"' in browser.get("/").text
    assert browser.post("/-/theme", on="/", theme="dark", back="//evil.example").headers["location"] == "/"
    assert browser.post("/-/theme", on="/", theme="pink", back="/").status_code == 400


def test_errors_are_pages_to_browsers_and_json_to_clients(hub):
    assert "<h1>" in Browser(hub).get("/nobody").text
    assert hub.client().get("/nobody/nothing").json() == {
        "error": "Repository not found. Check its name, or sign in with an account that may see it."
    }
    assert hub.client().get("/api/nothing").headers.get("x-error-code") != "RepoNotFound"


@pytest.mark.parametrize("template", sorted(str(path.relative_to(WEB)) for path in WEB.rglob("*.html")))
def test_templates_leave_escaping_on(template):
    text = (WEB / template).read_text()
    assert "|safe" not in text.replace(" ", "")
    assert "autoescape" not in text


def test_contrast_is_enough_in_both_themes():
    """WCAG 2.2 AA: 4.5 for text on each ground it stands on, 3 for the edges of fields."""
    tokens = dict(re.findall(r"--([\w-]+): light-dark\((#\w+), ?(?:#\w+)\)", (WEB / "tokens.css").read_text()))
    dark = dict(re.findall(r"--([\w-]+): light-dark\(#\w+, ?(#\w+)\)", (WEB / "tokens.css").read_text()))
    inks = ["ink", "ink-soft", "ink-faint", "accent", "accent-deep", "bad"]
    inks += ["model", "dataset", "space", "kernel", "bucket"]
    inks += [name for name in tokens if name.startswith("code-")]
    for theme in (tokens, dark):
        for ground in ("paper", "sheet", "sunk"):
            for ink in inks:
                assert contrast(theme[ink], theme[ground]) >= 4.5, (ink, ground, theme[ink])
        pairs = [("accent-ink", "accent"), ("warn", "warn-soft"), ("bad", "bad-soft"), ("ink", "good-soft")]
        pairs += [("accent-deep", "accent-soft"), ("accent", "accent-soft"), ("ink", "bad-soft")]
        for ink, ground in pairs:
            assert contrast(theme[ink], theme[ground]) >= 4.5, (ink, ground)


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("name", "words"),
    [("Freehold", "<p><strong>Freehold</strong>:"), ("Acme", "<p>Acme runs <strong>Freehold</strong>:")],
)
def test_the_footer_says_what_runs_a_hub_of_another_name(tmp_path, name, words):
    with closing(TestHub(tmp_path, hub_name=name)) as hub:
        assert words in Browser(hub).get("/login").text


def test_a_page_that_is_not_there_says_the_same_of_what_is_hidden(hub):
    a_model(hub, "alice/secret", visibility="private")
    visitor, carol = Browser(hub), signed_in(hub, "carol")
    for browser, status in ((visitor, 401), (carol, 404)):
        hidden, absent = browser.get("/alice/secret"), browser.get("/alice/absent")
        assert hidden.status_code == absent.status_code == status
        assert plain(hidden.text, "secret") == plain(absent.text, "absent")
        assert 'name="q" value="secret"' in hidden.text
    assert "/login?next=/alice/secret" in visitor.get("/alice/secret").text
    assert "/login?next" not in carol.get("/alice/secret").text


def plain(page: str, name: str) -> str:
    return re.sub(r'name="csrf" value="[^"]+"', "", page.replace(name, "NAME"))
