"""The disposable bare repository of each repository, on which libgit2 and git run at native speed.

Packs lie in the blob store. A store on local disk lends its folder (git's `alternates`), so that nothing
is copied; from any other store each pack is fetched once, and repositories that were not used for longest
go when the copies grow beyond their budget.
"""

import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pygit2
from pygit2.enums import ConfigLevel

from freehold.base.ids import Oid
from freehold.stores.blobs.key import pack_key
from freehold.stores.blobs.store import BlobStore, as_hub_errors
from freehold.stores.git.process import environment, git_program
from freehold.wire.git.refs import MAIN, packed_refs

_CONFIG = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n\tfilemode = false\n[gc]\n\tauto = 0\n"

IN_USE_S = 3600.0
"""For so long after its last use a repository stays, and so does a pack that was fetched and then retired:
some thread, or a clone on its way out, may have begun to read it."""

_NOTE_S = 60.0  # a use is noted on disk at most this often


def isolate_libgit2() -> None:
    """Keep libgit2 from reading the configuration of whoever runs the hub, and bound its cache."""
    for level in (ConfigLevel.PROGRAMDATA, ConfigLevel.SYSTEM, ConfigLevel.XDG, ConfigLevel.GLOBAL):
        pygit2.settings.search_path[level] = ""
    pygit2.settings.owner_validation = False
    pygit2.settings.cache_max_size(32 << 20)
    # Every thread opens repositories of its own: together they must not use up the process's files.
    pygit2.settings.mwindow_file_limit = 256


class BareRepositories:
    """`root` holds one folder for each repository; it may be deleted whenever the hub does not run.

    `budget` bounds the bytes of fetched packs; what was used within `IN_USE_S` stays even beyond it.
    """

    def __init__(self, blobs: BlobStore, root: Path, budget: int) -> None:
        self._blobs = blobs
        self.root = root
        self._budget = budget
        self._unweighed = budget  # bytes fetched since the copies were last weighed; at first nobody knows
        self._noted: dict[str, float] = {}
        isolate_libgit2()

    def path(self, repo_id: str) -> Path:
        """Where the bare repository of `repo_id` lies."""
        return self.root / f"{repo_id}.git"

    def ensure(self, repo_id: str) -> Path:
        """Make the bare repository if it is not there; safe for many threads and processes at once."""
        path = self.path(repo_id)
        lent = self._lent_folder(repo_id)
        with as_hub_errors():
            if not (path / "HEAD").exists():
                for folder in ("objects/pack", "objects/info", "refs/heads", "refs/tags"):
                    (path / folder).mkdir(parents=True, exist_ok=True)
                _replace(path / "config", _CONFIG.encode())
                _replace(path / "HEAD", f"ref: {MAIN}\n".encode())
            # Absolute, and so renewed if the data folder was moved.
            alternates = path / "objects/info/alternates"
            if lent and (not alternates.exists() or alternates.read_text() != f"{lent}\n"):
                (lent / "pack").mkdir(parents=True, exist_ok=True)
                _replace(alternates, f"{lent}\n".encode())
        return path

    def fetch(self, repo_id: str, packs: Sequence[str]) -> None:
        """Have these packs in reach: fetch what is missing, drop what was retired a while ago."""
        if self._lent_folder(repo_id) is not None:
            return
        folder = self.path(repo_id) / "objects/pack"
        with as_hub_errors():
            there = {file.stem.removeprefix("pack-"): file for file in folder.glob("pack-*.idx")}
            for name in sorted(set(packs) - set(there)):
                self._unweighed += self._fetch_one(repo_id, name, folder)
            for name in set(there) - set(packs):
                self._drop_if_old(there[name])
            if self._unweighed > self._budget // 16:
                self._unweighed = 0
                self._make_room()

    def mark(self, repo_id: str) -> int:
        """A number that changes when the bare repository is made anew (0: it is not there). Notes the use."""
        try:
            mark = (self.path(repo_id) / "config").stat().st_mtime_ns  # written once
        except FileNotFoundError:
            return 0
        moment = time.time()
        if moment - self._noted.get(repo_id, 0.0) > _NOTE_S:
            self._noted[repo_id] = moment
            with suppress(FileNotFoundError):
                os.utime(self.path(repo_id))
        return mark

    def write_refs(self, repo_id: str, refs: Mapping[str, Oid]) -> None:
        """Tell git these refs and no others."""
        with as_hub_errors():
            _replace(self.path(repo_id) / "packed-refs", packed_refs(refs))

    def remove(self, repo_id: str) -> None:
        """Delete the bare repository; it can be made again as long as its packs exist."""
        _remove(self.path(repo_id))

    def run(self, repo_id: str, *words: str, stdin: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
        """Run `git` on the bare repository, without the configuration of whoever runs the hub."""
        command = [git_program(), "-c", "safe.directory=*", "--git-dir", str(self.path(repo_id)), *words]
        alone = environment(self.root)
        return subprocess.run(command, input=stdin, capture_output=True, env=alone, check=False)  # noqa: S603

    def _lent_folder(self, repo_id: str) -> Path | None:
        pack = self._blobs.local_path(pack_key(repo_id, "0", "pack"))
        return pack.parent.parent.absolute() if pack else None

    def _drop_if_old(self, index: Path) -> None:
        # A pack that is newer than the caller's list is missing from that list, too: only age tells it is retired.
        with suppress(FileNotFoundError):
            if index.stat().st_mtime < time.time() - IN_USE_S:
                index.unlink()
                index.with_suffix(".pack").unlink()

    def _make_room(self) -> None:
        """Remove the repositories whose last use is longest ago until the rest is within the budget."""
        found = sorted(filter(None, map(_copy, self.root.glob("*.git"))))
        excess = sum(copy.weight for copy in found) - self._budget
        for copy in found:
            if excess <= 0 or copy.used > time.time() - IN_USE_S:
                return
            _remove(copy.path)
            self._noted.pop(copy.path.stem, None)
            excess -= copy.weight

    def _fetch_one(self, repo_id: str, name: str, folder: Path) -> int:
        fetched = 0
        # The index goes last: git looks for a pack only once it has seen the index.
        for suffix in ("pack", "idx"):
            target = folder / f"pack-{name}.{suffix}"
            part = _beside(target)
            try:
                with part.open("wb") as file:
                    for piece in self._blobs.pieces(pack_key(repo_id, name, "pack" if suffix == "pack" else "idx")):
                        fetched += file.write(piece)
                part.rename(target)
            finally:
                part.unlink(missing_ok=True)
        return fetched


@dataclass(frozen=True, slots=True, order=True)
class _Copy:
    """A bare repository: when it was used last, and how many bytes its packs have."""

    used: float
    weight: int
    path: Path


def _copy(path: Path) -> _Copy | None:
    with suppress(FileNotFoundError):  # another process removes it
        packs = (path / "objects/pack").glob("pack-*")
        return _Copy(path.stat().st_mtime, sum(file.stat().st_size for file in packs), path)
    return None


def _remove(path: Path) -> None:
    """Away in one step, so that nobody takes what is left of it for a repository."""
    gone = _beside(path)
    with suppress(FileNotFoundError):
        path.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}-{secrets.token_hex(4)}")


def _replace(path: Path, content: bytes) -> None:
    part = _beside(path)
    part.write_bytes(content)
    part.rename(path)
