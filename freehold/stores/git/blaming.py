"""Asks git which commit each line of a file comes from, under limits; what is true of a commit stays true."""

from collections.abc import Sequence
from pathlib import Path
from threading import BoundedSemaphore

from freehold.base.errors import TooMany, Unprocessable
from freehold.base.ids import Oid
from freehold.stores.git.answers import Answers
from freehold.stores.git.process import GitProcess, Limits
from freehold.stores.git.store import GitStore
from freehold.wire.git.blame import Run, parse_blame

LIMITS = Limits(cpu_s=20, memory=2 << 30, file=1 << 20)
AT_ONCE = 2
"""How many one process has git work out at the same time: each may take a processor for a while."""
_PATIENCE_S = 30
_REMEMBERED = 200
_GAVE_UP = "git could not work out in time where these lines come from. Clone the repository and ask there."


class Blames:
    """Works out blames, and remembers the last ones."""

    def __init__(self, git: GitStore) -> None:
        self._git = git
        self._known = Answers[tuple[str, Oid, str], Sequence[Run] | None](_REMEMBERED)
        self._turns = BoundedSemaphore(AT_ONCE)

    def of(self, repo_id: str, commit: Oid, path: str) -> Sequence[Run]:
        """The runs of lines of a file. Raises Unprocessable if git gives up, TooMany if others wait for it already."""
        known = self._known.of((repo_id, commit, path), lambda: self._asked(repo_id, commit, path))
        if known is None:
            raise Unprocessable(_GAVE_UP)
        return known

    def _asked(self, repo_id: str, commit: Oid, path: str) -> Sequence[Run] | None:
        """None where git gives up, which is remembered too: it took longest."""
        if not self._turns.acquire(timeout=_PATIENCE_S):
            raise TooMany("The hub traces the lines of other files at the moment. Try again in a minute.", 60)
        try:
            with self._git.view(repo_id) as view:
                return _blamed(view, commit, path)
        finally:
            self._turns.release()


def _blamed(view: Path, commit: Oid, path: str) -> Sequence[Run] | None:
    process = GitProcess("--git-dir", str(view), "blame", "--porcelain", commit, "--", path, home=view, limits=LIMITS)
    try:
        said = process.read_all()
        return list(parse_blame(said.split(b"\n"))) if process.wait() == 0 else None
    finally:
        process.close()
