"""What a User and a Group have here, in SCIM's own form, and documents checked against it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from freehold.wire.scim.errors import ScimInvalid

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
MAX_TEXT = 1000
MAX_VALUES = 20_000
_MAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,189}")


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute, as RFC 7643, section 7 describes it."""

    name: str
    description: str
    type: str = "string"
    many: bool = False
    required: bool = False
    exact: bool = False
    mutability: str = "readWrite"
    unique: str = "none"
    parts: Sequence["Attribute"] = ()
    words: Sequence[str] = ()
    """The values that are usual."""
    refers: Sequence[str] = ()

    def described(self) -> dict[str, Any]:
        """For `/Schemas`."""
        said: dict[str, Any] = {
            "name": self.name, "type": self.type, "multiValued": self.many, "description": self.description,
            "required": self.required, "mutability": self.mutability, "returned": "default",
        }  # fmt: skip
        if self.type in {"string", "reference"}:
            said |= {"caseExact": self.exact, "uniqueness": self.unique}
        if self.words:
            said["canonicalValues"] = list(self.words)
        if self.refers:
            said["referenceTypes"] = list(self.refers)
        if self.parts:
            said["subAttributes"] = [part.described() for part in self.parts]
        return said


@dataclass(frozen=True, slots=True)
class Schema:
    """A kind of resource."""

    urn: str
    name: str
    description: str
    endpoint: str
    attributes: Sequence[Attribute]

    def attribute(self, name: str) -> Attribute | None:
        """By its name in any case."""
        return next((one for one in self.attributes if one.name.lower() == name.lower()), None)


EXTERNAL_ID = Attribute("externalId", "The client's own name for it.", exact=True)

USERS = Schema(USER, "User", "A person.", "/Users", (
    Attribute("userName", "The name that the provider knows the person by.", required=True, unique="server"),
    Attribute("name", "The person's name.", "complex", parts=(
        Attribute("formatted", "The whole name."),
        Attribute("familyName", "The family name."),
        Attribute("givenName", "The given name."),
    )),
    Attribute("displayName", "The name as it is shown."),
    Attribute("nickName", "The account's name on this hub, which does not change.", mutability="readOnly"),
    Attribute("profileUrl", "The account's page on this hub.", "reference", exact=True, mutability="readOnly",
              refers=("external",)),
    Attribute("active", "Whether the person may come in.", "boolean"),
    Attribute("emails", "Mail addresses.", "complex", many=True, parts=(
        Attribute("value", "The address."),
        Attribute("display", "How it is shown."),
        Attribute("type", "What it is for.", words=("work", "home", "other")),
        Attribute("primary", "Whether it is the one to write to.", "boolean"),
    )),
    Attribute("groups", "The groups that the person is in.", "complex", many=True, mutability="readOnly", parts=(
        Attribute("value", "The group's id.", exact=True, mutability="readOnly"),
        Attribute("$ref", "The group.", "reference", exact=True, mutability="readOnly", refers=("Group",)),
        Attribute("display", "The group's name.", mutability="readOnly"),
    )),
))  # fmt: skip

GROUPS = Schema(GROUP, "Group", "A group of people.", "/Groups", (
    Attribute("displayName", "The group's name, to which the hub's operator gives roles.", required=True,
              unique="server"),
    Attribute("members", "Who is in it.", "complex", many=True, parts=(
        Attribute("value", "The person's id.", exact=True, mutability="immutable"),
        Attribute("$ref", "The person.", "reference", exact=True, mutability="immutable", refers=("User",)),
        Attribute("type", "What it is.", mutability="immutable", words=("User",)),
    )),
))  # fmt: skip

SCHEMAS = (USERS, GROUPS)


def checked(schema: Schema, given: Mapping[str, Any]) -> dict[str, Any]:
    """What of a document may be written, spelled as the schema does; what is unknown or not writable is left out.

    Raises ScimInvalid.
    """
    known = {}
    for name, value in given.items():
        attribute = EXTERNAL_ID if name.lower() == "externalid" else schema.attribute(name)
        if attribute is not None and attribute.mutability != "readOnly" and value not in (None, []):
            known[attribute.name] = _value(attribute, value)
    for attribute in schema.attributes:
        if attribute.required and not known.get(attribute.name):
            raise ScimInvalid("invalidValue", f"A {schema.name} needs a {attribute.name}.")
    return known


def _value(attribute: Attribute, value: Any) -> Any:
    if not attribute.many:
        return _single(attribute, value)
    if not isinstance(value, list) or len(value) > MAX_VALUES:
        raise ScimInvalid("invalidValue", f"{attribute.name} is a list of at most {MAX_VALUES} values.")
    values = [_single(attribute, one) for one in value]
    if sum(one.get("primary") is True for one in values if isinstance(one, dict)) > 1:
        raise ScimInvalid("invalidValue", f"Only one of {attribute.name} can be the primary one.")
    return values


def _single(attribute: Attribute, value: Any) -> Any:
    match attribute.type:
        case "complex":
            return _complex(attribute, value)
        case "boolean":
            return _boolean(attribute, value)
    if not isinstance(value, str) or len(value) > MAX_TEXT or "\0" in value:
        raise ScimInvalid("invalidValue", f"{attribute.name} is a text of at most {MAX_TEXT} characters.")
    return value


def _complex(attribute: Attribute, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ScimInvalid("invalidValue", f"{attribute.name} consists of named parts.")
    known = {}
    for name, one in value.items():
        part = next((part for part in attribute.parts if part.name.lower() == name.lower()), None)
        if part is not None and one is not None:
            known[part.name] = _single(part, one)
    if attribute.name == "emails" and not _MAIL.fullmatch(known.get("value", "")):
        raise ScimInvalid("invalidValue", "A mail address has the form alice@example.org.")
    return known


def _boolean(attribute: Attribute, value: Any) -> bool:
    # Some large providers write "True" and "False".
    found = {"true": True, "false": False}.get(value.lower()) if isinstance(value, str) else value
    if not isinstance(found, bool):
        raise ScimInvalid("invalidValue", f"{attribute.name} is true or false.")
    return found
