"""A large file on its way in: hashed and written at once, visible only when both its size and hash are right."""

import hashlib
import threading
from queue import SimpleQueue

from freehold.base.errors import Invalid, TooLarge, Unprocessable
from freehold.base.ids import Sha256
from freehold.base.streams import Buffer, Unfinished
from freehold.core.repos.large import RepoObjects
from freehold.core.repos.permit import Permit
from freehold.core.repos.repo import Repo
from freehold.stores.blobs.key import object_key

_ALONGSIDE = 256 << 10
"""From this many bytes on it pays to hash in a second thread while the first writes."""


class Hasher:
    """SHA-256 in a thread of its own; one piece at a time, so that the caller's buffer can be reused."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._work: SimpleQueue[Buffer | None] = SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._thread: threading.Thread | None = None

    def begin(self, data: Buffer) -> None:
        """Start hashing `data`, which must stay as it is until `wait`."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="sha256", daemon=True)
            self._thread.start()
        self._work.put(data)

    def wait(self) -> None:
        """Until the piece of the last `begin` is hashed."""
        self._idle.acquire()

    def update(self, data: Buffer) -> None:
        """Hash `data` on the caller's thread."""
        self._hash.update(data)

    def end(self) -> Sha256:
        """Stop the thread; the digest of everything."""
        if self._thread is not None:
            self._work.put(None)
            self._thread.join()
            self._thread = None
        return Sha256(self._hash.hexdigest())

    def _run(self) -> None:
        while (data := self._work.get()) is not None:
            self._hash.update(data)
            self._idle.release()


class Incoming(Unfinished):
    """One content being uploaded to one repository. Leaving the block without `finish` leaves nothing behind.

    `permit` is the uploader's, asked for again at the end; None: the hub itself brings the content.
    """

    def __init__(
        self, objects: RepoObjects, repo: Repo, sha256: Sha256, size: int, permit: Permit | None = None
    ) -> None:
        objects.check_room(repo, [size])
        self._objects = objects
        self._repo = repo
        self._sha256 = sha256
        self._size = size
        self._permit = permit
        self._received = 0
        self._hasher = Hasher()
        self._writer = objects.blobs.writer(object_key(sha256))

    def write(self, data: Buffer) -> None:
        """Append; the caller may reuse `data` afterwards. Raises TooLarge beyond the announced size."""
        self._received += len(data)
        if self._received > self._size:
            raise TooLarge(f"The upload is longer than the {self._size} bytes that were announced. Nothing was kept.")
        if len(data) < _ALONGSIDE:
            self._hasher.update(data)
            self._writer.write(data)
            return
        self._hasher.begin(data)
        try:
            self._writer.write(data)
        finally:
            self._hasher.wait()

    def finish(self) -> None:
        """Check, make durable, and let the repository hold the content.

        Raises Invalid when bytes are missing, Unprocessable when they are not what was announced, and what the gate
        raises where the uploader may bring it no longer.
        """
        if self._received != self._size:
            raise Invalid(
                f"The upload ended after {self._received} of {self._size} bytes. Nothing was kept; send it again."
            )
        found = self._hasher.end()
        if found != self._sha256:
            raise Unprocessable(
                f"The SHA-256 of the uploaded bytes is {found}, not {self._sha256}. Nothing was kept; check the file"
                " and send it again."
            )
        self._writer.commit(object_key(self._sha256))
        self._objects.link_plain(self._repo, self._sha256, self._size, self._permit)

    def abort(self) -> None:
        """Forget what was received; harmless after `finish`."""
        self._hasher.end()
        self._writer.abort()
