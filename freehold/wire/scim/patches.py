"""SCIM's PATCH (RFC 7644, section 3.5.2), applied to a document that is then checked as any other."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from freehold.wire.scim.errors import ScimInvalid
from freehold.wire.scim.filters import Both, Compare, Filter, Path, fits, parse_path
from freehold.wire.scim.schemas import EXTERNAL_ID, Attribute, Schema

MAX_OPERATIONS = 1000
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def patched(schema: Schema, document: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """The document after all operations of a request's body. Raises ScimInvalid; then nothing has changed."""
    operations = next((value for key, value in body.items() if key.lower() == "operations"), None)
    if not isinstance(operations, list) or not 0 < len(operations) <= MAX_OPERATIONS:
        raise ScimInvalid("invalidSyntax", f"A patch has 1 to {MAX_OPERATIONS} Operations.")
    changed = deepcopy(dict(document))
    for operation in operations:
        if not isinstance(operation, dict) or not isinstance(operation.get("op"), str):
            raise ScimInvalid("invalidSyntax", "Each operation says its op.")
        _apply(schema, changed, operation["op"].lower(), operation)
    return changed


def _apply(schema: Schema, document: dict[str, Any], op: str, operation: Mapping[str, Any]) -> None:
    if op not in {"add", "replace", "remove"}:
        raise ScimInvalid("invalidSyntax", f"An operation adds, replaces or removes; not {op[:20]!r}.")
    path, value = operation.get("path"), operation.get("value")
    if path:
        if not isinstance(path, str):
            raise ScimInvalid("invalidPath", "A path is a text.")
        _change(schema, document, op, path, value)
        return
    if op == "remove":
        raise ScimInvalid("noTarget", "Say by a path what is to be removed.")
    if not isinstance(value, dict):
        raise ScimInvalid("invalidValue", "Without a path the value names the attributes.")
    for name, one in value.items():
        if name.lower() in {"schemas", "id", "meta"}:
            continue
        if name.lower().startswith("urn:") and isinstance(one, dict):
            _apply(schema, document, op, {"value": one})
        else:
            _change(schema, document, op, name, one)


def _change(schema: Schema, document: dict[str, Any], op: str, text: str, value: Any) -> None:
    path, chosen = parse_path(text)
    attribute = EXTERNAL_ID if path.name == "externalid" else schema.attribute(path.name)
    if attribute is None and path.name in {"id", "meta", "schemas"}:
        raise ScimInvalid("mutability", f"{text[:100]} cannot be changed.")
    if attribute is None:
        raise ScimInvalid("invalidPath", f"A {schema.name} has no {text[:100]!r}.")
    part = _part(attribute, path)
    if "readOnly" in (attribute.mutability, part.mutability if part else ""):
        raise ScimInvalid("mutability", f"{text[:100]} cannot be changed.")
    if chosen is not None or (part and attribute.many):
        changed = _changed(document.get(attribute.name) or [], op, (attribute, part), chosen, value)
        _set(document, attribute, changed)
    elif part:
        _change_part(document, op, attribute, part, value)
    elif op == "remove":
        _remove(document, attribute, value)
    elif op == "add" and attribute.many:
        _add_values(document, attribute, value)
    elif op == "add" and attribute.type == "complex" and isinstance(value, dict):
        document[attribute.name] = {**(document.get(attribute.name) or {}), **value}
    else:
        document[attribute.name] = value if not attribute.many or isinstance(value, list) else [value]


def _part(attribute: Attribute, path: Path) -> Attribute | None:
    if not path.part:
        return None
    found = next((part for part in attribute.parts if part.name.lower() == path.part), None)
    if found is None:
        raise ScimInvalid("invalidPath", f"{attribute.name} has no part {path.part[:50]!r}.")
    return found


def _change_part(document: dict[str, Any], op: str, attribute: Attribute, part: Attribute, value: Any) -> None:
    whole = dict(document.get(attribute.name) or {})
    if op == "remove":
        whole.pop(part.name, None)
    else:
        whole[part.name] = value
    if whole:
        document[attribute.name] = whole
    else:
        document.pop(attribute.name, None)


def _changed(
    given: Sequence[Any], op: str, target: tuple[Attribute, Attribute | None], chosen: Filter | None, value: Any
) -> list[Any]:
    """The values of an attribute after a change of those that a filter chooses, or of one part of each."""
    attribute, part = target
    if not attribute.many:
        raise ScimInvalid("invalidPath", f"{attribute.name} has one value, so there is nothing to choose from.")
    values = list(given)
    found = [one for one in values if chosen is None or fits(chosen, one)]
    if not found and op == "add" and chosen is not None:
        found = [_described_by(chosen)]
        values += found
    if not found:
        raise ScimInvalid("noTarget", f"No value of {attribute.name} is what the path asks for.")
    if op == "remove" and part is None:
        values = [one for one in values if not any(one is gone for gone in found)]
    for one in found:
        if part is not None:
            _change_part_of(one, op, part, value)
        elif op != "remove":
            if not isinstance(value, dict):
                raise ScimInvalid("invalidValue", f"A value of {attribute.name} consists of named parts.")
            one.update(value)
    _keep_one_primary(values, found)
    return [one for one in values if one]


def _change_part_of(one: dict[str, Any], op: str, part: Attribute, value: Any) -> None:
    if op == "remove":
        one.pop(part.name, None)
    else:
        one[part.name] = value


def _add_values(document: dict[str, Any], attribute: Attribute, value: Any) -> None:
    added = value if isinstance(value, list) else [value]
    values = list(document.get(attribute.name) or [])
    there = {_identity(one) for one in values}
    fresh = [one for one in added if _identity(one) not in there]
    _keep_one_primary(values, fresh)
    _set(document, attribute, values + fresh)


def _identity(value: Any) -> str:
    """Members are the same by what they name; all else only if it is the same altogether."""
    if isinstance(value, dict):
        plain = {key: one for key, one in value.items() if key not in {"display", "$ref"}}
        if set(plain) <= {"value", "type"}:
            return repr(plain.get("value"))
        return repr(sorted(plain.items(), key=lambda pair: pair[0]))
    return repr(value)


def _remove(document: dict[str, Any], attribute: Attribute, value: Any) -> None:
    """All of it or, as some providers write, the values that are listed."""
    if attribute.required:
        raise ScimInvalid("mutability", f"{attribute.name} is required.")
    if attribute.many and isinstance(value, list) and value:
        gone = {one.get("value") for one in value if isinstance(one, dict)}
        values = document.get(attribute.name) or []
        _set(document, attribute, [one for one in values if one.get("value") not in gone])
    else:
        document.pop(attribute.name, None)


def _set(document: dict[str, Any], attribute: Attribute, values: Sequence[Any]) -> None:
    if values:
        document[attribute.name] = list(values)
    else:
        document.pop(attribute.name, None)


def _keep_one_primary(values: Sequence[Any], changed: Sequence[Any]) -> None:
    """A value that becomes the primary one takes that from the others."""
    if any(isinstance(one, dict) and one.get("primary") is True for one in changed):
        for one in values:
            if isinstance(one, dict) and not any(one is other for other in changed):
                one.pop("primary", None)


def _described_by(chosen: Filter) -> dict[str, Any]:
    """The value that a filter of equalities describes, for an addition to one that is not there yet."""
    match chosen:
        case Compare(Path(name, ""), "eq", value):
            return {name: value}
        case Both(left, right):
            return _described_by(left) | _described_by(right)
    raise ScimInvalid("noTarget", "There is no such value, and the path does not say what it would be.")
