"""Checks that whatever the hub is installed with may be used from an Apache-2.0 program; prints each licence."""

import re
import sys
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PERMISSIVE = re.compile(r"\b(MIT|MIT-0|Apache|BSD|ISC|ISCL|PSF|Python Software Foundation|Zlib|CC0)\b", re.IGNORECASE)
RECIPROCAL = re.compile(r"GPL|General Public|MPL|Mozilla", re.IGNORECASE)
EXCEPTIONS = {
    "asyncssh": "EPL-2.0: used as a library of the extra `ssh` only, see docs/decisions/0006",
    "psycopg": "LGPL-3.0: used as a library that anyone can replace, see docs/decisions/0005",
    "psycopg-binary": "as psycopg",
    "pygit2": "GPL-2.0 with the linking exception, which allows any program to use it",
    "resvg-py": "MIT, as its licence file says; its metadata names none",
}


def licence(package: Distribution) -> str:
    """What the package says of itself: the expression, the classifiers, or the first line of the old field."""
    data = package.metadata
    said = data.get("License-Expression") or "; ".join(
        name.rpartition(" :: ")[2] for name in data.get_all("Classifier") or [] if name.startswith("License ::")
    )
    return said if said not in ("", "OSI Approved") else (data.get("License") or "unknown").strip().splitlines()[0]


def main() -> int:
    """Print every package with its licence; 1 if one of them is neither permissive nor a known exception."""
    names = re.findall(r"^([A-Za-z0-9._-]+)==", Path("requirements.lock").read_text("utf-8"), re.MULTILINE)
    extras = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    names += [Requirement(text).name for extra, texts in extras.items() if extra != "dev" for text in texts]
    refused = []
    for name in sorted({canonicalize_name(name) for name in names}):
        try:
            said = licence(distribution(name))
        except PackageNotFoundError:
            continue  # locked for another platform
        allowed = name in EXCEPTIONS or (PERMISSIVE.search(said) and not RECIPROCAL.search(said))
        if "--check" not in sys.argv[1:]:
            print(f"{name}: {EXCEPTIONS.get(name, said)}")
        if not allowed:
            refused.append(f"{name}: {said} is not known to allow use from an Apache-2.0 program")
    print("\n".join(refused) if refused else "licences: all allow it")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
