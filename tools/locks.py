"""Checks that the lock files hold what `pyproject.toml` asks for; `./dev lock` renews them."""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)


def pinned(lock: Path) -> dict[str, list[str]]:
    """The versions of each package in a lock file; several where they differ by platform."""
    found: dict[str, list[str]] = {}
    for name, version in PINNED.findall(lock.read_text("utf-8")):
        found.setdefault(canonicalize_name(name), []).append(version)
    return found


def problems(lock: Path, wanted: list[str]) -> Iterator[str]:
    """What `lock` lacks of `wanted`, as sentences."""
    versions = pinned(lock)
    for text in wanted:
        requirement = Requirement(text)
        if not any(
            version in requirement.specifier for version in versions.get(canonicalize_name(requirement.name), [])
        ):
            yield f"{lock} holds no version of {text}"
    if "://" in lock.read_text("utf-8"):
        yield f"{lock} names an address; packages come from wherever the machine is told"


def main() -> int:
    """Print every problem; 1 if there was one."""
    project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]
    hub, dev = project["dependencies"], project["optional-dependencies"]["dev"]
    found = [*problems(Path("requirements.lock"), hub), *problems(Path("requirements-dev.lock"), hub + dev)]
    print("\n".join([*found, "Run ./dev lock."]) if found else "locks: complete")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
