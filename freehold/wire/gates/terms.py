"""What a gate asks of people: read from a card's front matter, under limits, and written as one canonical text."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from freehold.base.words import later

FieldKind = Literal["text", "checkbox", "date_picker", "country", "ip_location", "select"]
KINDS: tuple[FieldKind, ...] = ("text", "checkbox", "date_picker", "country", "ip_location", "select")

MAX_FIELDS = 50
MAX_OPTIONS = 300
MAX_LABEL = 300
"""In characters: of a label, an option, a heading or the text on the button."""
MAX_PROMPT = 64 << 10

WHERE_ARE_YOU = later("The country that you are in, by your own declaration")
"""The field that a gate closed to the European Union has, unless it asks for a country anyway."""


class Option(msgspec.Struct, frozen=True, order=True):
    """One choice of a list: what is kept, and what people read."""

    value: str
    label: str


class Field(msgspec.Struct, frozen=True):
    """One question. `label` is also the key under which the answer is kept."""

    label: str
    kind: FieldKind
    options: tuple[Option, ...] = ()


class Terms(msgspec.Struct, frozen=True):
    """All that somebody agrees to when they ask for access; two with the same `sha256` ask for the same.

    `licence_file` is the git id of the licence in the repository, so that a changed licence is a change of terms.
    """

    heading: str = ""
    description: str = ""
    prompt: str = ""
    button: str = ""
    fields: tuple[Field, ...] = ()
    eu_disallowed: bool = False
    licence: str = ""
    licence_name: str = ""
    licence_link: str = ""
    licence_file: str = ""
    problem: str = ""
    """Why the card's questions cannot be put; nobody can agree to such terms."""

    @property
    def document(self) -> str:
        """The canonical text: JSON with sorted keys, without spaces, in UTF-8."""
        return msgspec.json.encode({"freehold_gate_terms": 1, **msgspec.to_builtins(self)}, order="sorted").decode()

    @property
    def sha256(self) -> str:
        """The hash of the canonical text: what a receipt names."""
        return hashlib.sha256(self.document.encode()).hexdigest()


def read_terms(card: Mapping[str, Any], licence_file: str = "") -> Terms:
    """The terms of a card's front matter. Never raises: what is wrong is said in `problem`."""
    try:
        fields = tuple(_fields(card.get("extra_gated_fields")))
        problem = ""
        prompt = _text(card, "extra_gated_prompt", MAX_PROMPT)
        description = _text(card, "extra_gated_description", MAX_PROMPT)
        heading, button = (_text(card, f"extra_gated_{name}", MAX_LABEL) for name in ("heading", "button_content"))
    except ValueError as error:
        fields, problem, prompt, description, heading, button = (), str(error), "", "", "", ""
    eu_disallowed = card.get("extra_gated_eu_disallowed") is True
    if eu_disallowed and not any(field.kind == "country" for field in fields):
        fields = (*fields, Field(WHERE_ARE_YOU, "country"))
    return Terms(
        heading, description, prompt, button, fields, eu_disallowed,
        ", ".join(_words(card.get("license")))[:MAX_LABEL], _plain(card.get("license_name")),
        _plain(card.get("license_link")), licence_file, problem,
    )  # fmt: skip


def read_document(document: str) -> Terms:
    """The terms that a canonical text of this hub stands for."""
    return msgspec.json.decode(document, type=Terms)


def _fields(given: Any) -> Sequence[Field]:
    if given is None:
        return []
    if isinstance(given, list) and all(isinstance(one, dict) for one in given):
        given = {key: value for one in given for key, value in one.items()}
    if not isinstance(given, dict):
        raise ValueError(later("`extra_gated_fields` in the card must be a mapping of questions to their types."))
    if len(given) > MAX_FIELDS:
        raise ValueError(later(f"The card's gate asks more than {MAX_FIELDS} questions."))
    return [_field(label, kind) for label, kind in given.items()]


def _field(label: str, given: Any) -> Field:
    label = label.strip()
    if not label or len(label) > MAX_LABEL:
        raise ValueError(later(f"A question of the card's gate has 1 to {MAX_LABEL} characters."))
    named = given.get("type") if isinstance(given, dict) else given
    kind: FieldKind = next((known for known in KINDS if known == named), "text")
    if kind != "select":
        return Field(label, kind)
    options = given.get("options") if isinstance(given, dict) else None
    if not isinstance(options, list) or not 0 < len(options) <= MAX_OPTIONS:
        raise ValueError(later(f"The question {label!r} of the card's gate needs 1 to {MAX_OPTIONS} options."))
    return Field(label, kind, tuple(_option(label, option) for option in options))


def _option(label: str, given: Any) -> Option:
    value = given.get("value", given.get("label")) if isinstance(given, dict) else given
    shown = given.get("label", value) if isinstance(given, dict) else given
    if not all(isinstance(one, str | int | float) and 0 < len(str(one)) <= MAX_LABEL for one in (value, shown)):
        raise ValueError(later(f"An option of the question {label!r} is a word or has a label and a value."))
    return Option(str(value), str(shown))


def _text(card: Mapping[str, Any], key: str, most: int) -> str:
    given = card.get(key)
    if given is None:
        return ""
    if not isinstance(given, str):
        raise ValueError(later(f"`{key}` in the card must be text."))
    if len(given) > most:
        raise ValueError(later(f"`{key}` in the card is longer than {most} characters."))
    return given.strip()


def _plain(given: Any) -> str:
    return given.strip()[:MAX_LABEL] if isinstance(given, str) else ""


def _words(given: Any) -> list[str]:
    return [one for one in (given if isinstance(given, list) else [given]) if isinstance(one, str)]
