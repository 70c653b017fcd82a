"""What somebody answers to a gate's questions, checked against them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from freehold.base.errors import Forbidden, Invalid
from freehold.wire.gates.countries import COUNTRIES, EUROPEAN_UNION
from freehold.wire.gates.terms import Field, Terms

MAX_ANSWER = 2000
"""In characters."""

_TICKED = {"on", "true", "yes", "1"}

Answers = Mapping[str, str]
"""Texts by the labels of the questions."""


def parse_answers(body: bytes) -> Mapping[str, Any]:
    """The object that a program sends instead of a form; nothing stands for no answers. Raises Invalid."""
    try:
        return msgspec.json.decode(body or b"{}", type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"The answers must be a JSON object of questions and answers: {error}") from None


def check_answers(terms: Terms, given: Mapping[str, Any], network: str = "") -> Answers:
    """The answers to every question of `terms`; `network` answers where people are asked for their address's place.

    Raises Invalid for what is missing, unknown or no answer to its question, and Forbidden for a person in the
    European Union where the terms are closed to it.
    """
    labels = [field.label for field in terms.fields]
    unknown = [name for name in given if name not in labels]
    if unknown:
        asked = f"It asks for: {'; '.join(labels)}." if labels else "It asks no questions."
        raise Invalid(f"This gate does not ask for {unknown[0][:100]!r}. {asked}"[:1000])
    answers = {field.label: _answer(field, given.get(field.label), network) for field in terms.fields}
    countries = [answers[field.label] for field in terms.fields if field.kind == "country"]
    if terms.eu_disallowed and not EUROPEAN_UNION.isdisjoint(countries):
        raise Forbidden("Its owner does not offer this repository to people in the European Union.")
    return answers


def _answer(field: Field, given: Any, network: str) -> str:
    if field.kind == "ip_location":
        return network
    if given is None or isinstance(given, dict | list):
        raise Invalid(f"Answer the question {field.label!r}.")
    text = ("on" if given else "") if isinstance(given, bool) else str(given).strip()
    if len(text) > MAX_ANSWER:
        raise Invalid(f"The answer to {field.label!r} is longer than {MAX_ANSWER} characters.")
    if "\0" in text:
        raise Invalid(f"The answer to {field.label!r} holds a NUL character. Remove it.")
    return _checked(field, text)


def _checked(field: Field, text: str) -> str:
    if field.kind == "checkbox":
        if text.lower() not in _TICKED:
            raise Invalid(f"Tick {field.label!r} to be let in.")
        return "on"
    if not text:
        raise Invalid(f"Answer the question {field.label!r}.")
    if field.kind == "country":
        if text.upper() not in COUNTRIES:
            raise Invalid(f"The answer to {field.label!r} is a country's code of two letters, such as FR.")
        return text.upper()
    if field.kind == "date_picker":
        return _date(field, text)
    if field.kind == "select" and text not in {option.value for option in field.options}:
        offered = ", ".join(option.value for option in field.options)
        raise Invalid(f"The answer to {field.label!r} is one of: {offered}"[:1000])
    return text


def _date(field: Field, text: str) -> str:
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        raise Invalid(f"The answer to {field.label!r} is a date such as 2026-11-22.") from None
