"""Cards become HTML that holds no script, reaches nowhere by itself, and finds its own files."""

import re
import time
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freehold.web.languages import LANGUAGES, speaking
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


FORMULA = re.compile(r"<math(?: (?:display|xmlns)=\"[a-zA-Z0-9:/.]+\")*>.*?</math>", re.DOTALL)
IN_FORMULAS = re.compile(r"</?m[a-z]+(?: [a-z]+=\"[A-Za-z0-9 .%+-]+\")*>")


def assert_harmless(text):
    for formula in FORMULA.findall(text):
        assert "<" not in IN_FORMULAS.sub("", formula)
    seen = Inspector(FORMULA.sub("", text))
    assert "math" not in seen.tags
    assert not {"script", "style", "iframe", "object", "embed", "svg", "base", "meta", "form"} & set(seen.tags)
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


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("$x^2$", "<msup><mi>x</mi><mn>2</mn></msup>"),
        ("$$\\frac{1}{2}$$", "<mfrac>"),
        ("$$\na_1 + b\n$$", '<math display="block">'),
        ("a \\\\(x_1\\\\) b", "<msub>"),
        ("```math\n\\sqrt{2}\n```", "<msqrt>"),
        ("| a |\n|--|\n| $x^2$ |", "<td><math"),
    ],
)
def test_formulas_are_drawn_without_script(text, drawn):
    found = html(text)
    assert drawn in found
    assert "$" not in found
    assert_harmless(found)


@pytest.mark.parametrize(
    "text", ["It costs $5 to $10.", "`$x$`", "```\n$$x$$\n```", "\\$x\\$", "$ x $", "US$ 3 and $x"]
)
def test_money_and_code_are_no_formulas(text):
    assert "<math" not in html(text)


@pytest.mark.parametrize(
    "latex",
    [
        "\\frac",
        "{" * 3000,
        "\\left(" * 200,
        "x^" * 500,
        "\\begin{matrix}" * 90,
        "a" * 5000,
        "\\sqrt{" * 300 + "}" * 300,
    ],
)
def test_what_is_no_formula_is_shown_as_it_is_written(latex):
    started = time.monotonic()
    found = html(f"$${latex}$$")
    assert "<math" not in found
    assert latex[:20] in found.replace("&#x27;", "'")
    assert time.monotonic() - started < 2


def test_many_formulas_take_no_long_time():
    started = time.monotonic()
    html("$x^2$ " * 40_000)
    html("$$" + "a+" * 1900 + "$$\n\n$" * 60)
    assert time.monotonic() - started < 5


def test_a_mark_that_a_text_holds_is_no_formula():
    assert "<math" not in html("\ue0000\ue001 and `\ue0000\ue001`")
    assert "math" not in html('<b title="\n\n$x$\n\n">y</b>').partition("title=")[2].partition(">")[0]


def test_what_a_table_is_called_is_not_kept_for_readers_of_another_language():
    text = "| a |\n|--|\n| b |\n\n$$x$$\n"
    for tag, table, formula in (("en", "Table", "Formula"), ("de", "Tabelle", "Formel"), ("en", "Table", "Formula")):
        with speaking(LANGUAGES[tag]):
            shown = html(text)
        assert f'aria-label="{table}"' in shown
        assert f'aria-label="{formula}"' in shown
