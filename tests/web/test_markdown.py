"""Cards become HTML that holds no script, reaches nowhere by itself, and finds its own files."""

import time
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freehold.web.markdown import Place, render
from tests.web.hostile import REMOTE, SCRIPTS

PLACE = Place("/alice/birds/blob/main/", "/alice/birds/resolve/abc/", "README.md")
DEEP = Place(PLACE.blob, PLACE.raw, "docs/guide.md")


def html(text, place=PLACE):
    return str(render(text, place).html)


BITS = ["<", ">", '"', "'", "`", "\n", "[", "](", "<b>", "</p>"]


class Inspector(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]


def assert_harmless(text):
    seen = Inspector(text)
    assert not {"script", "style", "iframe", "object", "embed", "svg", "math", "base", "meta", "form"} & set(seen.tags)
    for tag, name, value in seen.attributes:
        assert not name.startswith("on"), (tag, name)
        assert name not in ("style", "srcset", "srcdoc", "name", "background", "poster", "formaction")
        if name == "id":
            assert value.startswith("card-")
        if name == "src":
            assert value.startswith(PLACE.raw), value
        if name == "href":
            local = value.startswith(("#card-", PLACE.blob))
            assert local or value.startswith("//") or urlsplit(value).scheme in ("http", "https", "mailto"), value


@pytest.mark.parametrize("text", SCRIPTS + REMOTE)
def test_nothing_hostile_is_left(text):
    assert_harmless(html(text))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from([*SCRIPTS, *REMOTE, *BITS]), max_size=8))
def test_no_mixture_is_left_either(parts):
    assert_harmless(html("".join(parts)))


def test_relative_links_find_files_of_the_repository():
    text = html("[a](docs/x.md#use) ![b](img/y%20z.png) <img src='./k.png'> [up](../b)")
    assert 'href="/alice/birds/blob/main/docs/x.md#use"' in text
    assert 'src="/alice/birds/resolve/abc/img/y%20z.png"' in text
    assert 'src="/alice/birds/resolve/abc/k.png"' in text
    assert "<a>up</a>" in text
    assert 'href="/alice/birds/blob/main/b"' in html("[up](../b)", DEEP)


def test_remote_images_are_links_that_say_where_they_lead():
    text = html("![a chart](https://example.org/c.png)")
    assert "<img" not in text
    assert 'href="https://example.org/c.png"' in text
    assert 'rel="nofollow noopener noreferrer"' in text
    assert "example.org</span>" in text
    assert html("[![b](https://a.example/b.svg)](https://c.example)").count("<a ") == 1


def test_headings_lead_and_links_follow():
    rendered = render("# One\n\n## Two words\n\n## Two words\n\n[there](#two-words)", PLACE)
    ids = [heading.id for heading in rendered.headings]
    assert ids == ["card-one", "card-two-words", "card-two-words-1"]
    for heading in rendered.headings:
        assert f'id="{heading.id}"' in rendered.html
    assert 'href="#card-two-words"' in rendered.html


def test_tables_code_and_tasks_are_drawn():
    text = html("| a |\n|--:|\n| 1 |\n\n```python\nx = 'a'\n```\n\n- [x] done\n")
    assert '<td align="right">1</td>' in text
    assert '<span class="s1">' in text
    assert 'type="checkbox"' in text
    assert "disabled" in text


def test_foreign_classes_are_dropped():
    assert html("<p class='button danger notice'>x</p>") == "<p>x</p>"


@pytest.mark.parametrize(
    "text",
    [
        "<div>" * 60_000,
        "<div></p>" * 30_000,
        "<b><p>" * 40_000,
        "<ul><li>" * 30_000,
        "[" * 100_000,
        "*a " * 50_000,
        "> " * 100_000,
        "![[" * 40_000,
        "<!--" * 60_000,
        "<a " * 60_000,
        "|a" * 3000 + "\n" + "|-" * 3000 + "\n" + "|x\n" * 3000,
        "```python\n" + "(" * 100_000 + "\n```",
        "# " + "a" * 250_000,
    ],
    ids=range(13),
)
def test_hostile_text_costs_little(text):
    began = time.process_time()
    html(text)
    assert time.process_time() - began < 10


def test_a_long_card_is_cut_and_says_so():
    assert render("word " * 100_000, PLACE).truncated
