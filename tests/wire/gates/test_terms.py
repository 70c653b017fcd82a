"""Terms of a gate: read from any card without an exception, and written as one text that names them."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.base.errors import Forbidden, Invalid
from freehold.wire.cards import parse_card
from freehold.wire.gates.answers import MAX_ANSWER, check_answers, parse_answers
from freehold.wire.gates.terms import MAX_FIELDS, WHERE_ARE_YOU, read_document, read_terms

CARD = """---
license: other
license_name: birds-1
extra_gated_heading: Read this first
extra_gated_prompt: You agree to harm nobody.
extra_gated_description: We look at requests every day.
extra_gated_button_content: I agree
extra_gated_fields:
  Company: text
  Country: country
  Date of birth: date_picker
  Where you are: ip_location
  I want to use it for:
    type: select
    options:
      - Research
      - label: Something else
        value: other
  Odd: other
  I agree to use it for birds only: checkbox
---
"""
ANSWERS = {
    "Company": "Birds & Co",
    "Country": "fr",
    "Date of birth": "2000-02-29",
    "I want to use it for": "other",
    "Odd": "odd",
    "I agree to use it for birds only": "on",
}


def test_every_kind_of_question_is_read():
    terms = read_terms(parse_card(CARD).data)
    assert (terms.heading, terms.button, terms.licence_name) == ("Read this first", "I agree", "birds-1")
    kinds = {field.label: field.kind for field in terms.fields}
    assert kinds == {
        "Company": "text", "Country": "country", "Date of birth": "date_picker", "Where you are": "ip_location",
        "I want to use it for": "select", "Odd": "text", "I agree to use it for birds only": "checkbox",
    }  # fmt: skip
    select = next(field for field in terms.fields if field.kind == "select")
    assert [(option.value, option.label) for option in select.options] == [
        ("Research", "Research"),
        ("other", "Something else"),
    ]


def test_the_hash_is_that_of_the_canonical_text_and_the_text_gives_the_terms_back():
    terms = read_terms(parse_card(CARD).data, "ab" * 20)
    assert hashlib.sha256(terms.document.encode()).hexdigest() == terms.sha256
    assert read_document(terms.document) == terms
    assert " " not in read_terms({}).document


def test_any_change_is_a_change_of_the_hash():
    seen = {read_terms({}).sha256}
    for card in (
        {"extra_gated_prompt": "a"}, {"extra_gated_prompt": "b"}, {"extra_gated_fields": {"a": "text"}},
        {"extra_gated_fields": {"a": "checkbox"}}, {"extra_gated_eu_disallowed": True}, {"license": "mit"},
        {"license": ["mit"], "license_link": "LICENSE"},
    ):  # fmt: skip
        seen.add(read_terms(card).sha256)
    seen.add(read_terms({}, "a" * 40).sha256)
    assert len(seen) == 9


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = ["extra_gated_fields", "extra_gated_prompt", "extra_gated_heading", "license", "extra_gated_eu_disallowed"]


@given(st.dictionaries(st.sampled_from(NAMES), values))
def test_no_card_is_an_exception_and_its_text_gives_its_terms_back(card):
    terms = read_terms(card)
    assert read_document(terms.document).sha256 == terms.sha256
    assert not (terms.problem and any(field.label != WHERE_ARE_YOU for field in terms.fields))


@pytest.mark.parametrize(
    "card",
    [
        {"extra_gated_fields": "text"},
        {"extra_gated_fields": {"a": {"type": "select"}}},
        {"extra_gated_fields": {"a": {"type": "select", "options": [{}]}}},
        {"extra_gated_fields": {" ": "text"}},
        {"extra_gated_fields": {"x" * 301: "text"}},
        {"extra_gated_fields": {str(n): "text" for n in range(MAX_FIELDS + 1)}},
        {"extra_gated_prompt": ["a"]},
        {"extra_gated_prompt": "x" * 70_000},
    ],
)
def test_questions_that_cannot_be_put_are_said_to_be_so(card):
    assert read_terms(card).problem


def test_answers_are_kept_as_texts():
    terms = read_terms(parse_card(CARD).data)
    kept = check_answers(terms, ANSWERS, "192.0.2.0/24")
    assert kept == {**ANSWERS, "Country": "FR", "Where you are": "192.0.2.0/24"}
    assert check_answers(terms, {**ANSWERS, "I agree to use it for birds only": True}, "") == {
        **kept,
        "Where you are": "",
    }


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"Company": ""}, "Answer the question 'Company'"),
        ({"Company": None}, "Answer the question 'Company'"),
        ({"Company": {"a": 1}}, "Answer the question 'Company'"),
        ({"Company": "x" * (MAX_ANSWER + 1)}, "longer than"),
        ({"Company": "a\0b"}, "NUL"),
        ({"Country": "XX"}, "two letters"),
        ({"Date of birth": "yesterday"}, "a date such as"),
        ({"Date of birth": "2001-02-29"}, "a date such as"),
        ({"I want to use it for": "war"}, "is one of: Research, other"),
        ({"I agree to use it for birds only": "off"}, "Tick"),
        ({"I agree to use it for birds only": False}, "Tick"),
        ({"Shoe size": "42"}, "does not ask for 'Shoe size'"),
    ],
)
def test_what_is_no_answer_is_refused_with_the_question_named(change, said):
    with pytest.raises(Invalid, match=said):
        check_answers(read_terms(parse_card(CARD).data), {**ANSWERS, **change})


def test_a_gate_closed_to_the_european_union_asks_where_one_is():
    terms = read_terms({"extra_gated_eu_disallowed": True})
    assert check_answers(terms, {WHERE_ARE_YOU: "CH"}) == {WHERE_ARE_YOU: "CH"}
    with pytest.raises(Forbidden):
        check_answers(terms, {WHERE_ARE_YOU: "DE"})
    with pytest.raises(Invalid):
        check_answers(terms, {})


@pytest.mark.parametrize("body", [b"[]", b"{", b"\xff", b'{"a"', b'"x"'])
def test_a_body_that_is_no_object_is_refused(body):
    with pytest.raises(Invalid):
        parse_answers(body)
