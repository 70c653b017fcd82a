"""The patterns of `.gitignore` and `.gitattributes`, matched without backtracking.

They come from strangers: a pattern is run as a set of states over the path, so the time is bounded by
the product of the two lengths, whatever the pattern. Semantics: gitignore(5), gitattributes(5), wildmatch.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

_SLASH = 0x2F
_LONGEST = 1000
"""A longer line, or one past the ten-thousandth of its file, is passed over."""
_MOST_LINES = 10_000

_ANY_BUT_SLASH = frozenset(range(256)) - {_SLASH}
_ANYTHING = frozenset(range(256))
_CLASS_NAMES: Mapping[bytes, Callable[[int], bool]] = {
    b"alnum": lambda byte: chr(byte).isalnum() and byte < 128,
    b"alpha": lambda byte: chr(byte).isalpha() and byte < 128,
    b"digit": lambda byte: 0x30 <= byte <= 0x39,
    b"lower": lambda byte: 0x61 <= byte <= 0x7A,
    b"upper": lambda byte: 0x41 <= byte <= 0x5A,
    b"space": lambda byte: byte in b" \t\n\v\f\r",
    b"punct": lambda byte: 0x21 <= byte <= 0x7E and not chr(byte).isalnum(),
    b"xdigit": lambda byte: byte in b"0123456789abcdefABCDEF",
    b"blank": lambda byte: byte in b" \t",
    b"cntrl": lambda byte: byte < 32 or byte == 127,
    b"print": lambda byte: 0x20 <= byte <= 0x7E,
    b"graph": lambda byte: 0x21 <= byte <= 0x7E,
}
_SIMPLE_SUFFIX = re.compile(rb"\*([^*?\[\\/]+)")
_PLAIN = re.compile(rb"[^*?\[\\]+")


@dataclass(frozen=True, slots=True)
class _Step:
    """One place in a pattern. `loop`: may take any number of `bytes`; else exactly one of them.

    `folders` marks the two steps of `**/`: zero or more whole folders.
    """

    bytes: frozenset[int]
    loop: bool = False
    folders: bool = False


@lru_cache(maxsize=2048)
def compile_pattern(pattern: bytes) -> Callable[[bytes], bool] | None:
    """A test for whole paths, in which `*` and `?` do not match a slash and `**` may; None if it can never match."""
    suffix = _SIMPLE_SUFFIX.fullmatch(pattern)
    if suffix:
        return lambda path, end=suffix[1]: path.endswith(end) and b"/" not in path  # type: ignore[misc]  # a lambda has no types
    if _PLAIN.fullmatch(pattern):
        return lambda path: path == pattern
    steps = _steps(pattern)
    return None if steps is None else lambda path: _run(steps, path)


def _steps(pattern: bytes) -> list[_Step] | None:
    steps: list[_Step] = []
    at = 0
    while at < len(pattern):
        byte = pattern[at : at + 1]
        if byte == b"*":
            end = at
            while pattern[end : end + 1] == b"*":
                end += 1
            at = _stars(pattern, at, end, steps)
            continue
        if byte == b"?":
            steps.append(_Step(_ANY_BUT_SLASH))
        elif byte == b"[":
            found = _bracket(pattern, at)
            if found is None:
                return None
            steps.append(_Step(found[0]))
            at = found[1]
            continue
        else:
            at += byte == b"\\"
            if at >= len(pattern):
                return None
            steps.append(_Step(frozenset(pattern[at : at + 1])))
        at += 1
    return steps


def _stars(pattern: bytes, start: int, end: int, steps: list[_Step]) -> int:
    """Take the stars of `start` to `end`; returns where the pattern goes on."""
    opens = start == 0 or pattern[start - 1] == _SLASH
    if end - start >= 2 and opens and pattern[end : end + 1] == b"/":
        steps += [_Step(frozenset(), folders=True), _Step(_ANY_BUT_SLASH, folders=True)]
        return end + 1
    whole = end - start >= 2 and opens and end == len(pattern)
    steps.append(_Step(_ANYTHING if whole else _ANY_BUT_SLASH, loop=True))
    return end


def _bracket(pattern: bytes, at: int) -> tuple[frozenset[int], int] | None:
    """The bytes of a `[…]` that begins at `at`, and where the pattern goes on; None if it never ends."""
    at += 1
    negated = pattern[at : at + 1] in (b"!", b"^") and bool(pattern[at : at + 1])
    at += negated
    members: set[int] = set()
    first = True
    while first or pattern[at : at + 1] != b"]":
        first = False
        if at >= len(pattern):
            return None
        if pattern[at : at + 2] == b"[:":
            end = pattern.find(b":]", at + 2)
            test = _CLASS_NAMES.get(pattern[at + 2 : end]) if end > 0 else None
            if test is None:
                return None
            members |= {byte for byte in range(256) if test(byte)}
            at = end + 2
            continue
        at += pattern[at : at + 1] == b"\\"
        low = high = pattern[at : at + 1]
        if pattern[at + 1 : at + 2] == b"-" and pattern[at + 2 : at + 3] not in (b"]", b""):
            at += 2
            at += pattern[at : at + 1] == b"\\"
            high = pattern[at : at + 1]
        if not low or not high:
            return None
        members |= set(range(low[0], high[0] + 1))
        at += 1
    return frozenset((_ANYTHING - members if negated else members) - {_SLASH}), at + 1


def _run(steps: Sequence[_Step], path: bytes) -> bool:
    states = _reach(steps, {0})
    for byte in path:
        following: set[int] = set()
        for state in states:
            if state == len(steps):
                continue
            step = steps[state]
            if step.folders:
                _enter_folder(steps, state, byte, following)
            elif byte in step.bytes:
                following.add(state if step.loop else state + 1)
        states = _reach(steps, following)
        if not states:
            return False
    return len(steps) in states


def _enter_folder(steps: Sequence[_Step], state: int, byte: int, following: set[int]) -> None:
    # The first of the two steps stands before a folder's name, the second inside it.
    inside = bool(steps[state].bytes)
    if byte != _SLASH:
        following.add(state if inside else state + 1)
    elif inside:
        following.add(state - 1)


def _reach(steps: Sequence[_Step], states: set[int]) -> set[int]:
    """`states` and all that can be reached from them without taking a byte."""
    found: set[int] = set()
    for state in states:
        at = state
        while at not in found:
            found.add(at)
            if at == len(steps):
                break
            step = steps[at]
            if step.folders and not step.bytes:
                at += 2
            elif step.loop:
                at += 1
    return found


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern of a file in the folder `base` (with a slash at its end, or empty)."""

    base: bytes
    body: bytes
    anchored: bool
    """Compared with the whole path below `base`, not only with the last name."""
    folders_only: bool = False
    negated: bool = False

    def matches(self, path: bytes, is_folder: bool) -> bool:
        """Whether the pattern speaks of this path (relative to the repository's root)."""
        if not path.startswith(self.base) or (self.folders_only and not is_folder):
            return False
        test = compile_pattern(self.body)
        below = path[len(self.base) :]
        return test is not None and test(below if self.anchored else below.rpartition(b"/")[2])


def lines(content: bytes) -> list[bytes]:
    """The lines of a pattern file that are read at all."""
    parts = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")[:_MOST_LINES]
    return [line for part in parts if len(line := part.removesuffix(b"\r")) <= _LONGEST]


def pattern(base: str, body: bytes, *, negated: bool = False) -> Pattern | None:
    """The pattern `body` (freed of signs and quotes) of a file in `base`; None if it says nothing."""
    folders_only = body.endswith(b"/")
    body = body[:-1] if folders_only else body
    anchored = b"/" in body
    body = body.removeprefix(b"/")
    return Pattern(base.encode(), body, anchored, folders_only, negated) if body else None
