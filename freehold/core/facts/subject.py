"""What a step looks at: one commit of one repository, each of its parts read at most once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any, Protocol

import msgspec

from freehold.base.errors import EntryNotFound, Invalid
from freehold.base.ids import Oid
from freehold.core.repos.entries import Entry, File
from freehold.core.repos.repo import Repo

Value = dict[str, Any]
"""A fact: a JSON object, empty when the step has nothing to say."""

_JSON_LIMIT = 8 << 20
"""Of a configuration file in bytes; a tokenizer's lists its added tokens and may be large."""


class Reader(Protocol):
    """The part of a RepoReader that facts are made from."""

    @property
    def repo(self) -> Repo: ...
    def opened(self) -> "Reader": ...
    def tree(self, rev: str, path: str = "", *, recursive: bool = False) -> Sequence[Entry]: ...
    def paths(self, rev: str, paths: Sequence[str]) -> Sequence[Entry]: ...
    def file(self, rev: str, path: str) -> File: ...
    def open_bytes(self, rev: str, path: str, limit: int) -> bytes: ...
    def read_range(self, file: File, start: int, stop: int) -> bytes: ...


class Subject:
    """A commit under examination; `fact` gives what other steps found."""

    def __init__(self, reader: Reader, commit: Oid, fact: Callable[[str], Value]) -> None:
        self.reader, self.commit, self.fact = reader, commit, fact

    @cached_property
    def files(self) -> Mapping[str, Entry]:
        """Every file by its path."""
        entries = self.reader.tree(self.commit, recursive=True)
        return {entry.path: entry for entry in entries if entry.kind == "file"}

    @cached_property
    def top(self) -> frozenset[str]:
        """The names of the files that lie in no folder."""
        return frozenset(path for path in self.files if "/" not in path)

    def read(self, path: str, limit: int) -> bytes | None:
        """A file's content; None if it is absent, gone or longer than `limit` bytes."""
        found = [entry for entry in self.reader.paths(self.commit, [path]) if entry.kind == "file"]
        if not found or found[0].size > limit:
            return None
        try:
            return self.reader.open_bytes(self.commit, path, limit)
        except EntryNotFound:
            return None

    def json(self, path: str, limit: int = _JSON_LIMIT) -> Value:
        """A JSON file that holds an object; empty if it is absent, too long or something else."""
        content = self.read(path, limit)
        try:
            value = msgspec.json.decode(content) if content else {}
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return {}
        return value if isinstance(value, dict) else {}

    @cached_property
    def main_config(self) -> Value:
        """What `config.json` holds; several libraries have a file of this name."""
        return self.json("config.json")

    def ranges(self, path: str) -> tuple[Callable[[int, int], bytes], int]:
        """How to read parts of a file, and its size in bytes.

        Both raise Invalid where git still names the file and its owner has deleted the content.
        """
        with _as_invalid(path):
            file = self.reader.file(self.commit, path)

        def read_range(start: int, stop: int) -> bytes:
            with _as_invalid(path):
                return self.reader.read_range(file, start, stop)

        return read_range, file.size


@contextmanager
def _as_invalid(path: str) -> Iterator[None]:
    try:
        yield
    except EntryNotFound as gone:
        raise Invalid(f"The content of {path!r} is gone.") from gone


def words(value: Any) -> list[str]:
    """The strings of a card's value that may be one word, a list of them, or anything else."""
    items = value if isinstance(value, list) else [value]
    return [str(item) for item in items if isinstance(item, str | int | float) and not isinstance(item, bool)]


def word(value: Any) -> str | None:
    """A card's value if it is one non-empty string."""
    return value if isinstance(value, str) and value else None
