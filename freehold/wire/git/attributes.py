"""`.gitattributes`: what it says about a path (gitattributes(5))."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from freehold.wire.git.patterns import Pattern, lines, pattern

Value = str | bool | None
"""A string, True (set), False (unset with `-`), or None (made unspecified with `!`)."""

_NAME = re.compile(r"[A-Za-z0-9_.][-A-Za-z0-9_.]*")
_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"(.*)')
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)")
_ESCAPED = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"a": b"\a", b"b": b"\b", b"f": b"\f", b"v": b"\v"}

Settings = list[tuple[str, Value]]
_BUILT_IN: dict[str, Settings] = {"binary": [("diff", False), ("merge", False), ("text", False)]}


@dataclass(frozen=True, slots=True)
class Attributes:
    """The rules of one file."""

    rules: Sequence[tuple[Pattern, Settings]]
    macros: dict[str, Settings]


def parse_attributes(content: bytes, base: str = "") -> Attributes:
    """The rules of a `.gitattributes` in the folder `base` (empty, or with a slash at its end)."""
    rules: list[tuple[Pattern, Settings]] = []
    macros: dict[str, Settings] = {}
    for line in lines(content):
        body, words = _split(line.strip(b" \t\r"))
        settings = [setting for word in words if (setting := _setting(word))]
        if len(settings) < len(words):
            continue  # git drops a line with a name that is none, whatever else it says
        if body.startswith(b"[attr]"):
            if not base:
                macros[body[6:].decode("utf-8", "replace")] = settings
        # A pattern that is negated or names a folder never matches here.
        elif body and not body.startswith((b"#", b"!")) and not body.endswith(b"/"):
            found = pattern(base, body)
            if found:
                rules.append((found, settings))
    return Attributes(rules, macros)


def value_of(path: str, attribute: str, files: Sequence[Attributes]) -> Value:
    """What `files` (that of the outermost folder first) say of `attribute` for the file `path`; the last word wins."""
    raw = path.encode("utf-8", "surrogateescape")
    macros = dict(_BUILT_IN)
    for file in files:
        macros |= file.macros
    for file in reversed(files):
        for rule, settings in reversed(file.rules):
            if not rule.matches(raw, False):
                continue
            found, value = _look(attribute, settings, macros)
            if found:
                return value
    return None


def _look(attribute: str, settings: Settings, macros: dict[str, Settings]) -> tuple[bool, Value]:
    for name, value in reversed(settings):
        if name == attribute:
            return True, value
        # A macro acts only where it is set; it may not name other macros that matter here.
        if value is True and name in macros:
            inner = dict(macros[name])
            if attribute in inner:
                return True, inner[attribute]
    return False, None


def _split(line: bytes) -> tuple[bytes, list[str]]:
    quoted = _QUOTED.fullmatch(line)
    if quoted:
        body, rest = _ESCAPE.sub(_unescape, quoted[1]), quoted[2]
    else:
        body, *tail = line.replace(b"\t", b" ").split(b" ", 1)
        rest = tail[0] if tail else b""
    return body, rest.decode("utf-8", "replace").split()


def _unescape(found: re.Match[bytes]) -> bytes:
    code = found[1]
    return bytes([int(code, 8) & 255]) if len(code) == 3 else _ESCAPED.get(code, code)


def _setting(word: str) -> tuple[str, Value] | None:
    name, equals, text = (word[1:] if word[:1] in {"-", "!"} else word).partition("=")
    if not _NAME.fullmatch(name):
        return None
    if word.startswith("-"):
        return name, False
    if word.startswith("!"):
        return name, None
    return name, text if equals else True
