"""Where indexes lie: one folder each, and a file that names the one in use, so that a new one replaces it at once."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from freehold.base.ids import new_id

_CURRENT, _LOCK = "current", "building"


class Folder:
    """The folder of all indexes of one hub on one machine; several processes may use it."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def current(self, version: str) -> Path | None:
        """The index in use, if there is one of this version."""
        try:
            name = (self._root / _CURRENT).read_text("ascii")
        except FileNotFoundError:
            return None
        path = self._root / name
        return path if name.startswith(f"{version}-") and path.is_dir() else None

    def fresh(self, version: str) -> Path:
        """A new and empty one."""
        path = self._root / f"{version}-{new_id()}"
        path.mkdir(parents=True)
        return path

    def use(self, path: Path) -> None:
        """Put an index in the place of all others. Who reads one of those goes on until it looks again."""
        file = self._root / f"{_CURRENT}.new"
        file.write_text(path.name, "ascii")
        file.replace(self._root / _CURRENT)
        for other in self._root.iterdir():
            if other.is_dir() and other != path:
                shutil.rmtree(other, ignore_errors=True)

    @contextmanager
    def building(self, *, wait: bool) -> Iterator[bool]:
        """Keep others from making an index; False if somebody does and `wait` is not wanted."""
        self._root.mkdir(parents=True, exist_ok=True)
        with (self._root / _LOCK).open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
            else:
                yield True
