"""Sentences are gathered from templates and code, and a catalogue that does not fit them is told of."""

import ast

import polib
import pytest

from tools import words


def found_in(code):
    return [key for key, _, _ in words._of_code(ast.parse(code), {"Invalid"})]


@pytest.mark.parametrize(
    ("code", "keys"),
    [
        ('say("Sign in")', [("", "Sign in")]),
        ('later("a " "b")', [("", "a b")]),
        ('say_of("theme", "light")', [("theme", "light")]),
        ('count("%(num)s file", "%(num)s files", n)', [("", "%(num)s file")]),
        (
            'raise Invalid(f"There is no {repo.name} in {joiner.join(names)}.")',
            [("", "There is no %(name)s in %(names)s.")],
        ),
        ("raise Invalid(message)", []),
        ('raise ValueError("A fault of ours.")', []),
    ],
)
def test_code(code, keys):
    assert found_in(code) == keys


def test_templates():
    template = '{{ _("One") }}{% trans n=many %}{{ n }} file{% pluralize %}{{ n }} files{% endtrans %}'
    assert [(key, plural) for key, plural, _ in words._of_template(template)] == [
        (("", "One"), ""),
        (("", "%(n)s file"), "%(n)s files"),
    ]


@pytest.mark.parametrize(
    ("german", "said"),
    [
        ("", "is not translated"),
        ("Von %(wer)s", "has gaps of its own"),
        ("<b>Von %(name)s</b>", "has other tags"),
        ("Von %(name)s", None),
        ("Von jemandem", None),
    ],
)
def test_a_translation_fits_its_sentence(german, said):
    wrong = list(words._wrong(polib.POEntry(msgid="By %(name)s", msgstr=german), german))
    assert [said in one for one in wrong] == ([True] if said else [])
