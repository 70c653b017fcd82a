"""The style guide, as a page and as a document, against the tokens that there are."""

import re
from pathlib import Path

from freehold.web.pages.style.page import tokens
from tests.web.browsing import Browser

GUIDE = Path(__file__).parents[3] / "docs" / "style.md"


def test_every_token_is_in_the_guide_and_nothing_else(hub):
    written = set(re.findall(r"`--([a-z0-9-]+)`", GUIDE.read_text("utf-8")))
    assert written == {token.name for token in tokens()}


def test_the_page_shows_every_colour(hub):
    page = Browser(hub).get("/-/style")
    assert page.status_code == 200
    colours = {token.name for token in tokens() if "light-dark" in token.value and token.name != "shadow"}
    assert set(re.findall(r'fill="var\(--([a-z0-9-]+)\)"', page.text)) == colours
