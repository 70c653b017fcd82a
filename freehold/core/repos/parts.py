"""Large files that come in parts: each part is a blob of its own until all are there and joined."""

from freehold.base.errors import Invalid, TooLarge, Unprocessable
from freehold.base.ids import Sha256, new_id
from freehold.base.streams import Buffer, Unfinished
from freehold.core.repos.incoming import Hasher, Incoming
from freehold.core.repos.large import RepoObjects
from freehold.core.repos.permit import Permit
from freehold.core.repos.repo import Repo
from freehold.stores.blobs.key import BlobKey, part_key

PARTS_KEPT_S = 3 * 24 * 3600
"""How long parts wait for their completion before they are swept."""


def new_upload() -> str:
    """The name of a multipart upload. It begins with the time, by which abandoned ones are known."""
    return new_id()


class IncomingPart(Unfinished):
    """One part being uploaded. A part sent again replaces the first."""

    def __init__(self, objects: RepoObjects, upload: str, number: int, size: int) -> None:
        self._key = part_key(upload, number)
        self._size = size
        self._received = 0
        self._hasher = Hasher()
        self._writer = objects.blobs.writer(self._key)

    def write(self, data: Buffer) -> None:
        """Append; the caller may reuse `data` afterwards. Raises TooLarge beyond the part's size."""
        self._received += len(data)
        if self._received > self._size:
            raise TooLarge(f"This part is longer than its {self._size} bytes. Nothing of it was kept.")
        self._hasher.update(data)
        self._writer.write(data)

    def finish(self) -> str:
        """Make the part durable; its entity tag. Raises Invalid when bytes are missing."""
        if self._received != self._size:
            raise Invalid(f"This part ended after {self._received} of {self._size} bytes. Send it again.")
        self._writer.commit(self._key)
        return self._hasher.end()

    def abort(self) -> None:
        """Forget what was received; harmless after `finish`."""
        self._hasher.end()
        self._writer.abort()


def join_parts(
    objects: RepoObjects, repo: Repo, upload: str, sha256: Sha256, sizes: list[int], *, permit: Permit | None = None
) -> None:
    """Make one content of the parts 1 to n, whose sizes are given, and let the repository hold it.

    `permit` is the uploader's, asked for again at the end; None: the hub itself brings the content.

    Repeating it after success is harmless. Raises Invalid when a part is missing or has another size,
    Unprocessable when the whole has another hash; the parts are gone then, too.
    """
    held = objects.has(repo, sha256)
    keys = [part_key(upload, number) for number in range(1, len(sizes) + 1)]
    if held is None or not held.verified:
        check_parts(objects, keys, sizes)
        try:
            with Incoming(objects, repo, sha256, sum(sizes), permit) as incoming:
                for key in keys:
                    for piece in objects.blobs.pieces(key):
                        incoming.write(piece)
                incoming.finish()
        except (Invalid, Unprocessable):
            drop_parts(objects, keys)
            raise
    drop_parts(objects, keys)


def drop_parts(objects: RepoObjects, keys: list[BlobKey]) -> None:
    """Delete parts that are no longer wanted."""
    for key in keys:
        objects.blobs.delete(key)


def sweep_parts(objects: RepoObjects) -> int:
    """Delete the parts of uploads that began too long ago; how many."""
    oldest = objects.clock() // 1_000_000 - PARTS_KEPT_S
    old = [key for key, _ in objects.blobs.keys("parts") if int(key.path.split("/")[1][:8], 16) < oldest]
    drop_parts(objects, old)
    return len(old)


def check_parts(objects: RepoObjects, keys: list[BlobKey], sizes: list[int]) -> None:
    """Raise Invalid unless every part is there and has its size."""
    for number, (key, size) in enumerate(zip(keys, sizes, strict=True), start=1):
        found = objects.blobs.size(key)
        if found != size:
            missing = "is missing" if found is None else f"has {found} instead of {size} bytes"
            raise Invalid(f"Part {number} of the upload {missing}. Begin the upload again.")
