"""Pages speak the language that a reader asks for, and a sentence that nobody translated stays as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.web import wording
from freehold.web.languages import LANGUAGES, asked_for, preferred, say, speaking, told
from tests.kit.builders import a_model
from tests.web.browsing import Browser

GERMAN = LANGUAGES["de"]


@pytest.mark.parametrize(
    ("accepted", "tags"),
    [
        ("de-AT,de;q=0.9,en;q=0.7", ["de-at", "de", "en"]),
        ("en;q=0.3, de", ["de", "en"]),
        ("de;q=0, en", ["en"]),
        ("de;q=many", []),
        ("", [""]),
    ],
)
def test_the_most_wanted_comes_first(accepted, tags):
    assert preferred(accepted) == tags


@given(st.text(max_size=300))
def test_any_header_gives_a_language(accepted):
    preferred(accepted)
    assert asked_for([(b"accept-language", accepted.encode()), (b"cookie", accepted.encode())]) in LANGUAGES.values()


def test_a_browser_gets_its_language_and_may_choose_another(hub):
    a_model(hub)
    browser = Browser(hub)
    page = browser.get("/models", "fr, de;q=0.5")
    assert '<html lang="de"' in page.text
    assert page.headers["content-language"] == "de"
    assert "Accept-Language" in page.headers["vary"]
    assert "Zum Inhalt springen" in page.text
    answer = browser.post("/-/language", on="/models", language="de", back="/models")
    assert answer.headers["location"] == "/models"
    assert '<html lang="de"' in browser.get("/models", "en").text
    assert browser.post("/-/language", on="/models", language="xx", back="/models").status_code == 400


def test_errors_are_told_in_it_too(hub):
    page = Browser(hub).get("/nobody/nothing", "de")
    assert "Prüfen Sie die Schreibweise der Adresse." in page.text
    assert "Diese Seite gibt es hier nicht." in Browser(hub).get("/no/such/page/at/all", "de").text


def test_a_message_is_found_though_its_gaps_are_filled():
    with speaking(GERMAN):
        said = told("A theme is one of auto, light, dark.")
        assert "auto, light, dark" in said
        assert said != "A theme is one of auto, light, dark."
        assert told("Nobody ever wrote this sentence.") == "Nobody ever wrote this sentence."
        assert told("") == ""
        assert say("") == ""


@given(st.text(max_size=300), st.text(max_size=300))
def test_whatever_fills_a_gap_the_message_is_known(name, values):
    with speaking(GERMAN):
        assert told(f"A {name} is one of {values}.") == f"{name} ist eines von: {values}."


def test_a_message_that_somebody_made_long_is_looked_up_at_once():
    with speaking(GERMAN):
        part = " is reached only by tokens that expire at most 1 "
        assert told(part + "after they are made" * 5000 + "!").endswith("!")


def test_a_message_within_a_message_is_told_as_well():
    with speaking(GERMAN):
        assert told("Invalid path in repo: 'a//b': it has an empty folder name.") == (
            "Ungültiger Pfad im Repository: 'a//b': er enthält einen leeren Ordnernamen."
        )


def test_what_a_refusal_has_from_elsewhere_is_told_as_well(hub):
    a_model(hub)
    page = Browser(hub).client.post("/alice/birds/settings", headers={"Accept-Language": "de"})
    assert "Ein Formular wird als application/x-www-form-urlencoded gesendet." in page.text
    page = Browser(hub).client.post("/settings/password", data={"csrf": "x"}, headers={"Accept-Language": "de"})
    assert "Dieses Formular ist veraltet" in page.text


def test_numbers_and_times_follow():
    with speaking(GERMAN):
        assert wording.size(90_868_373) == "90,9 MB"
        assert wording.number(22_713_728) == "22,7 Mio."
        assert wording.ago(0, 3 * 86400 * 1_000_000) == "vor 3 Tagen"
        assert wording.day(0) == "1. Jan. 1970"
    assert wording.day(0) == "1 Jan 1970"


def test_the_message_that_says_most_itself_counts_though_its_gaps_have_short_names():
    with speaking(GERMAN):
        assert told("Too many attempts. Wait 12 minutes, then try again.").endswith("12 Minuten erneut.")
        assert told("The name 'ada' is taken. Choose another.") == (
            "Der Name 'ada' ist vergeben. Wählen Sie einen anderen."
        )
