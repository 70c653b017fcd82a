"""Search filters: the text of RFC 4515 with `{places}` for values, encoded as RFC 4511, 4.5.1.7 wants it.

The text is taken apart before values are put in, so that whatever somebody types is one value and never syntax.
"""

import re
from collections.abc import Mapping

from freehold.base.errors import Invalid
from freehold.wire.ldap.ber import SEQUENCE, boolean, element, octets

DEEPEST = 20

_ITEM = re.compile(
    r"(?P<attribute>[A-Za-z][A-Za-z0-9;-]*|[0-9]+(?:\.[0-9]+)+)?(?P<dn>:dn)?(?::(?P<rule>[A-Za-z0-9.-]+))?"
    r"(?P<kind>:=|~=|>=|<=|=)(?P<value>.*)",
    re.DOTALL,
)
_PIECE = re.compile(r"\\(?P<escaped>[0-9a-fA-F]{2})|\{(?P<place>[a-z_]+)\}|(?P<plain>[^\\{}(\x00])")
_LISTS = {"&": 0xA0, "|": 0xA1}
_COMPARED = {"=": 0xA3, ">=": 0xA5, "<=": 0xA6, "~=": 0xA8}
_PRESENT, _SUBSTRINGS, _EXTENSIBLE, _NOT = 0x87, 0xA4, 0xA9, 0xA2


def encoded(template: str, values: Mapping[str, str]) -> bytes:
    """The filter, with each `{place}` filled. Raises Invalid for a template that is no filter."""
    reader = _Reader(template, values)
    found = reader.filter(0)
    if reader.at != len(template):
        raise reader.wrong()
    return found


class _Reader:
    def __init__(self, text: str, values: Mapping[str, str]) -> None:
        self.text = text
        self.at = 0
        self._values = values

    def wrong(self) -> Invalid:
        return Invalid(f"{self.text!r} is no LDAP filter: look at character {self.at + 1}.")

    def filter(self, depth: int) -> bytes:
        self._expect("(")
        if depth > DEEPEST:
            raise self.wrong()
        sign = self.text[self.at : self.at + 1]
        if sign in _LISTS:
            self.at += 1
            parts = []
            while self.text.startswith("(", self.at):
                parts.append(self.filter(depth + 1))
            if not parts:
                raise self.wrong()
            found = element(_LISTS[sign], *parts)
        elif sign == "!":
            self.at += 1
            found = element(_NOT, self.filter(depth + 1))
        else:
            found = self._item()
        self._expect(")")
        return found

    def _expect(self, sign: str) -> None:
        if not self.text.startswith(sign, self.at):
            raise self.wrong()
        self.at += 1

    def _item(self) -> bytes:
        end = self.text.find(")", self.at)
        found = _ITEM.fullmatch(self.text[self.at : max(end, self.at)])
        extensible = found is not None and found["kind"] == ":="
        if found is None or not (found["attribute"] or (extensible and found["rule"])):
            raise self.wrong()
        if not extensible and (found["dn"] or found["rule"]):
            raise self.wrong()
        attribute, value = found["attribute"] or "", found["value"]
        made = self._extensible(found) if extensible else self._compared(attribute, found["kind"], value)
        self.at = end
        return made

    def _compared(self, attribute: str, kind: str, value: str) -> bytes:
        if kind == "=" and value == "*":
            return octets(attribute, _PRESENT)
        parts = value.split("*") if kind == "=" else [value]
        if len(parts) == 1:
            return element(_COMPARED[kind], octets(attribute), octets(self._value(value)))
        tags = [0x80, *[0x81] * (len(parts) - 2), 0x82]
        pieces = [octets(self._value(part), tag) for part, tag in zip(parts, tags, strict=True) if part]
        if not pieces:
            raise self.wrong()
        return element(_SUBSTRINGS, octets(attribute), element(SEQUENCE, *pieces))

    def _extensible(self, found: re.Match[str]) -> bytes:
        return element(
            _EXTENSIBLE,
            octets(found["rule"], 0x81) if found["rule"] else b"",
            octets(found["attribute"], 0x82) if found["attribute"] else b"",
            octets(self._value(found["value"]), 0x83),
            boolean(True, 0x84) if found["dn"] else b"",
        )

    def _value(self, text: str) -> bytes:
        kept, at = b"", 0
        while at < len(text):
            piece = _PIECE.match(text, at)
            if piece is None or (piece["place"] and piece["place"] not in self._values):
                raise self.wrong()
            if piece["escaped"]:
                kept += bytes.fromhex(piece["escaped"])
            else:
                kept += (self._values[piece["place"]] if piece["place"] else piece["plain"]).encode()
            at = piece.end()
        return kept
