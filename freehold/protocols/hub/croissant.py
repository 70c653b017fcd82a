"""Datasets described as Croissant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi import fresh
from freehold.asgi.urls import path_url
from freehold.base.clock import iso
from freehold.base.errors import HubError, StorageFailed
from freehold.core.facts.facts import Facts
from freehold.core.facts.subject import words
from freehold.core.repos.entries import Entry
from freehold.core.repos.reader import RepoReader
from freehold.core.repos.repo import Repo
from freehold.protocols.hub.answer import json
from freehold.protocols.hub.gate import Gate
from freehold.wire import croissant
from freehold.wire.licenses import LICENSES

_Endings = Mapping[str, Sequence[Entry]]
_MOST_FILES = 10_000
_HEAD = 1 << 16
"""Bytes of a table's beginning that its columns are told from."""
_HASHED = 1 << 20
"""Bytes of a file in git that are read to tell their digest."""
_LARGEST = 64 << 20
"""A text in git is read whole, however little of it is wanted."""


@dataclass(frozen=True, slots=True)
class Croissants:
    """`GET /api/datasets/{id}/croissant`."""

    gate: Gate
    facts: Facts

    def describe(self, request: Request) -> Response:
        """Card, files and columns; no columns for those whom the gate does not let in."""
        reader = self.gate.reader(request)
        repo = reader.repo
        reader.require_card()
        commit = reader.revision().commit
        known = self.facts.all(reader, commit, ("card", "tags")) if commit else {}
        files = reader.tree(commit, recursive=True, limit=_MOST_FILES) if commit else []
        by_ending = _by_ending(files)
        dataset = _dataset(request, repo, known)
        columns = _columns(reader, commit, by_ending) if commit else {}
        # Where the list of files was cut there may be others with the same ending.
        singles = _singles(request, reader, commit, by_ending) if commit and len(files) < _MOST_FILES else {}
        document = croissant.describe(
            replace(dataset, commit=commit or "", endings=tuple(by_ending), columns=columns, singles=singles)
        )
        return fresh.answer(request, bytes(json(document).body), croissant.MEDIA_TYPE)


def _dataset(request: Request, repo: Repo, known: Mapping[str, Mapping[str, Any]]) -> croissant.Dataset:
    """All but what is told from the files."""
    card: Mapping[str, Any] = known.get("card", {}).get("data", {})
    tags: Sequence[str] = known.get("tags", {}).get("tags", [])
    licence = next((tag.removeprefix("license:") for tag in tags if tag.startswith("license:")), "")
    name = str(card.get("pretty_name") or repo.name)[:200]
    return croissant.Dataset(
        repo.repo_id.full,
        path_url(request, repo.repo_id.path),
        f"{name}: a dataset by {repo.namespace}.",
        repo.namespace,
        path_url(request, repo.namespace),
        str(card.get("license_name") or LICENSES.get(licence, licence))[:200],
        iso(repo.created_at),
        iso(repo.updated_at),
        keywords=[*tags[:50], "croissant"],
        languages=words(card.get("language"))[:50],
    )


def _by_ending(files: Sequence[Entry]) -> _Endings:
    """The files of each ending that has a format, in the order of paths."""
    found: dict[str, list[Entry]] = {}
    for entry in files:
        ending = entry.path.rpartition(".")[2].lower()
        if entry.kind == "file" and ending in croissant.FORMATS:
            found.setdefault(ending, []).append(entry)
    return found


def _singles(request: Request, reader: RepoReader, commit: str, by_ending: _Endings) -> dict[str, croissant.Single]:
    """The files that are alone with their ending, where their digest is known or quickly found."""
    singles = {}
    for ending, (entry, *others) in by_ending.items():
        digest = "" if others else _digest(reader, commit, entry)
        if digest:
            url = path_url(request, f"{reader.repo.repo_id.path}/resolve/{commit}/{entry.path}")
            singles[ending] = croissant.Single(url, entry.path, entry.size, digest)
    return singles


def _digest(reader: RepoReader, commit: str, entry: Entry) -> str:
    if entry.large is not None:
        return str(entry.large.sha256)
    if reader.closed or entry.size > _HASHED:
        return ""
    return sha256(reader.open_bytes(commit, entry.path, _HASHED)).hexdigest()


def _columns(reader: RepoReader, commit: str, by_ending: _Endings) -> dict[str, Sequence[croissant.Column]]:
    if reader.closed:
        return {}
    found = {ending: _columns_of(reader, commit, by_ending[ending][0], ending) for ending in croissant.TABLES
             if ending in by_ending}  # fmt: skip
    return {ending: columns for ending, columns in found.items() if columns}


def _columns_of(reader: RepoReader, commit: str, entry: Entry, ending: str) -> list[croissant.Column]:
    if entry.large is None and entry.size > _LARGEST:
        return []
    try:
        file = reader.file(commit, entry.path)
        head = reader.read_range(file, 0, _HEAD)
        reader.fetched("croissant", entry.path, commit)
        text = head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:
            return []
        text = head[: error.start].decode("utf-8-sig")
    except StorageFailed:
        raise
    except HubError:
        return []  # its content was never uploaded
    return croissant.columns_of(text, ending, cut=len(head) == _HEAD)
