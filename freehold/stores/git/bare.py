"""The disposable bare repository of each repository, on which libgit2 and git run at native speed.

Packs lie in the blob store. A store on local disk lends its folder (git's `alternates`), so that nothing
is copied; from any other store each pack is fetched once.
"""

import os
import secrets
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pygit2
from pygit2.enums import ConfigLevel

from freehold.base.errors import StorageFailed
from freehold.base.ids import Oid
from freehold.stores.blobs.key import pack_key
from freehold.stores.blobs.store import BlobStore, as_hub_errors
from freehold.wire.git.refs import MAIN, packed_refs

_CONFIG = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n\tfilemode = false\n[gc]\n\tauto = 0\n"
_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "LC_ALL": "C",
}


def isolate_libgit2() -> None:
    """Keep libgit2 from reading the configuration of whoever runs the hub, and bound its cache."""
    for level in (ConfigLevel.PROGRAMDATA, ConfigLevel.SYSTEM, ConfigLevel.XDG, ConfigLevel.GLOBAL):
        pygit2.settings.search_path[level] = ""
    pygit2.settings.owner_validation = False
    pygit2.settings.cache_max_size(32 << 20)
    # Every thread opens repositories of its own: together they must not use up the process's files.
    pygit2.settings.mwindow_file_limit = 256


class BareRepositories:
    """`root` holds one folder for each repository; it may be deleted whenever the hub does not run."""

    def __init__(self, blobs: BlobStore, root: Path) -> None:
        self._blobs = blobs
        self._root = root
        isolate_libgit2()

    def path(self, repo_id: str) -> Path:
        """Where the bare repository of `repo_id` lies."""
        return self._root / f"{repo_id}.git"

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
        """Have exactly these packs in reach: fetch what is missing, drop what was retired."""
        if self._lent_folder(repo_id) is not None:
            return
        folder = self.path(repo_id) / "objects/pack"
        with as_hub_errors():
            there = {file.stem.removeprefix("pack-") for file in folder.glob("pack-*.idx")}
            for name in sorted(set(packs) - there):
                self._fetch_one(repo_id, name, folder)
            for name in there - set(packs):
                (folder / f"pack-{name}.idx").unlink(missing_ok=True)
                (folder / f"pack-{name}.pack").unlink(missing_ok=True)

    def write_refs(self, repo_id: str, refs: Mapping[str, Oid]) -> None:
        """Tell git these refs and no others."""
        with as_hub_errors():
            _replace(self.path(repo_id) / "packed-refs", packed_refs(refs))

    def remove(self, repo_id: str) -> None:
        """Delete the bare repository; it can be made again as long as its packs exist."""
        shutil.rmtree(self.path(repo_id), ignore_errors=True)

    def run(self, repo_id: str, *words: str, stdin: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
        """Run `git` on the bare repository, without the configuration of whoever runs the hub."""
        command = ["git", "-c", "safe.directory=*", "--git-dir", str(self.path(repo_id)), *words]
        environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(self._root), **_ENVIRONMENT}
        try:
            return subprocess.run(command, input=stdin, capture_output=True, env=environment, check=False)  # noqa: S603
        except FileNotFoundError as error:
            raise StorageFailed(
                "The hub needs `git`, which is not installed. Ask its operator to install it."
            ) from error

    def _lent_folder(self, repo_id: str) -> Path | None:
        pack = self._blobs.local_path(pack_key(repo_id, "0", "pack"))
        return pack.parent.parent.absolute() if pack else None

    def _fetch_one(self, repo_id: str, name: str, folder: Path) -> None:
        # The index goes last: git looks for a pack only once it has seen the index.
        for suffix in ("pack", "idx"):
            target = folder / f"pack-{name}.{suffix}"
            part = _beside(target)
            try:
                with part.open("wb") as file:
                    for piece in self._blobs.pieces(pack_key(repo_id, name, "pack" if suffix == "pack" else "idx")):
                        file.write(piece)
                part.rename(target)
            finally:
                part.unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}-{secrets.token_hex(4)}")


def _replace(path: Path, content: bytes) -> None:
    part = _beside(path)
    part.write_bytes(content)
    part.rename(path)
