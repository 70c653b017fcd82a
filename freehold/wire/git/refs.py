"""Which names a ref may have (git-check-ref-format), and the file that lists refs for git."""

import re
from collections.abc import Mapping

from freehold.base.ids import Oid

HEADS = "refs/heads/"
TAGS = "refs/tags/"
PULLS = "refs/pr/"
CONVERTS = "refs/convert/"
MAIN = "refs/heads/main"

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//")
_LONGEST = 244


def is_ref_name(name: str) -> bool:
    """Whether git accepts `name` (whole or short) as the name of a ref."""
    parts = name.split("/")
    return (
        0 < len(name.encode("utf-8", "replace")) <= _LONGEST
        and name != "@"
        and not _FORBIDDEN.search(name)
        and not name.endswith(".")
        and not name.startswith("-")
        and all(part and not part.startswith(".") and not part.endswith(".lock") for part in parts)
    )


def ancestors(name: str) -> list[str]:
    """The refs that could not exist beside `name`, since they would be files where it needs a folder."""
    parts = name.split("/")
    return ["/".join(parts[:end]) for end in range(3, len(parts))]


def packed_refs(refs: Mapping[str, Oid]) -> bytes:
    """The `packed-refs` file of a repository that has exactly these refs."""
    lines = ["# pack-refs with: sorted ", *(f"{refs[name]} {name}" for name in sorted(refs, key=str.encode))]
    return ("\n".join(lines) + "\n").encode()
