"""Lists are narrowed by facets, whose numbers say what the reader may see."""

import re
from urllib.parse import quote

from freehold.web.languages import LANGUAGES, speaking
from freehold.web.pages.listing.narrowing import rounded
from tests.kit.builders import a_model
from tests.web.browsing import Browser, signed_in

MIT = {"README.md": b"---\nlicense: mit\nlanguage: [en]\ntags: [owls]\n---\nHoots at night.\n"}
GPL = {"README.md": b"---\nlicense: gpl-3.0\nlanguage: [en, fr]\n---\n"}


def names(page):
    return re.findall(r'class="repo-name">.*?<b>(.*?)</b>', page)


def numbers(page):
    return dict(re.findall(r'<span>([^<]*)</span><span class="facet-count">([^<]*)</span>', page))


def test_a_facet_is_a_link_that_narrows_and_widens_again(hub):
    a_model(hub, "alice/owl", files=MIT), a_model(hub, "alice/cat", files=GPL)
    browser = Browser(hub)
    page = browser.get("/models").text
    assert (numbers(page)["MIT"], numbers(page)["English"], numbers(page)["asks to share alike"]) == ("1", "2", "1")
    narrowed = browser.get("/models?license=mit").text
    assert names(narrowed) == ["owl"]
    assert 'href="?"' in narrowed
    assert names(browser.get("/models?license=mit&language=fr").text) == []


def test_a_language_is_asked_for_by_its_code_and_shown_by_its_name(hub):
    a_model(hub, "alice/cat", files=GPL)
    browser = Browser(hub)
    page = browser.get("/models?language=fr").text
    assert "Language: French" in page
    assert '<a href="?language=fr&amp;language=en"><span>English</span>' in page
    card = browser.get("/alice/cat", "de").text
    assert ">Englisch</a>" in card
    assert ">Französisch</a>" in card


def test_words_and_scopes_find(hub):
    a_model(hub, "alice/owl", files=MIT), a_model(hub, "alice/cat", files=GPL)
    browser = Browser(hub)
    for text, found in (("hoots", ["owl"]), ("ow", ["owl"]), ("owsl", ["owl"]), ("license:gpl-3.0", ["cat"]),
                        ("author:bob", []), ("author:alice lang:fr", ["cat"])):  # fmt: skip
        assert names(browser.get(f"/models?search={quote(text)}").text) == found, text


def test_a_model_is_found_by_the_memory_that_loads_it(hub):
    a_model(hub, "alice/owl", files={"pytorch_model.bin": b"weights"}), a_model(hub, "alice/cat", files=GPL)
    browser = Browser(hub)
    assert numbers(browser.get("/models").text)["under 1 GB"] == "1"
    assert (
        names(browser.get("/models?memory=1gb").text) == names(browser.get("/models?search=memory:1gb").text) == ["owl"]
    )


def test_a_repository_is_found_by_what_its_files_can_run(hub):
    a_model(hub, "alice/owl", files={"pytorch_model.bin": b"\x80\x02cos\nsystem\nX\x02\x00\x00\x00id\x85R."})
    a_model(hub, "alice/cat", files={"model.safetensors": b"\2\0\0\0\0\0\0\0{}"}), a_model(hub, "alice/dog", files=GPL)
    browser = Browser(hub)
    counted = numbers(browser.get("/models").text)
    assert (counted["Suspicious imports"], counted["Only formats without code"]) == ("1", "1")
    assert names(browser.get("/models?safety=suspicious").text) == ["owl"]
    assert names(browser.get("/models?search=safety:no-code").text) == ["cat"]


def test_numbers_do_not_tell_of_what_is_hidden(hub):
    a_model(hub, "alice/owl", files=MIT), a_model(hub, "acme/secret", files=MIT, visibility="private")
    assert numbers(Browser(hub).get("/models").text)["MIT"] == "1"
    assert numbers(signed_in(hub, "carol").get("/models").text)["MIT"] == "1"
    assert numbers(signed_in(hub, "bob").get("/models").text)["MIT"] == "2"


def test_large_numbers_are_rounded():
    assert [rounded(n) for n in (0, 10_000, 10_001, 412_345, 2_345_678)] == ["0", "10,000", "10k+", "412k+", "2.3M+"]


def test_it_speaks_german(hub):
    a_model(hub, "alice/owl", files=GPL)
    page = Browser(hub).get("/models?language=fr&gate=open", "de").text
    assert "<title>Modelle · " in page
    assert "<b>1</b> Modell</span>" in page
    assert "Sprache: Französisch" in page
    assert ">Im Trend</option>" in page
    with speaking(LANGUAGES["de"]):
        assert [rounded(n) for n in (1_234, 412_345, 2_345_678)] == ["1.234", "über 412 Tsd.", "über 2,3 Mio."]
