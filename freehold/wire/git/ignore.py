"""`.gitignore`: which paths its rules leave out (gitignore(5))."""

from collections.abc import Sequence

from freehold.wire.git.patterns import Pattern, lines, pattern


def parse_ignore(content: bytes, base: str = "") -> list[Pattern]:
    """The rules of a `.gitignore` in the folder `base` (empty, or with a slash at its end)."""
    return [found for line in lines(content) if (found := _rule(line, base))]


def _rule(line: bytes, base: str) -> Pattern | None:
    if line.startswith(b"#"):
        return None
    line = _without_trailing_spaces(line)
    negated = line.startswith(b"!")
    return pattern(base, line[negated:], negated=negated)


def _without_trailing_spaces(line: bytes) -> bytes:
    bare = line.rstrip(b" ")
    slashes = len(bare) - len(bare.rstrip(b"\\"))
    return bare + b" " if slashes % 2 and len(bare) < len(line) else bare


def is_ignored(path: str, rules: Sequence[Pattern]) -> bool:
    """Whether `rules` (those of outer folders first) leave out the file `path`.

    The last rule that matches decides; what lies in a folder that is left out cannot be taken in again.
    """
    raw = path.encode("utf-8", "surrogateescape")
    parts = raw.split(b"/")
    ways = [(b"/".join(parts[:end]), end < len(parts)) for end in range(1, len(parts) + 1)]
    for way, is_folder in ways:
        last = next((rule for rule in reversed(rules) if rule.matches(way, is_folder)), None)
        if last is not None and not last.negated:
            return True
    return False
