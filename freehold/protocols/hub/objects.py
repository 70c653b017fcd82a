"""The large files that a repository holds: listing, dropping, and copying into another repository."""

from dataclasses import dataclass
from itertools import dropwhile

from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi import paging
from freehold.asgi.identity import identity
from freehold.base.clock import iso
from freehold.base.errors import Invalid
from freehold.base.ids import RepoId, Sha256, is_digest
from freehold.core.repos.entries import StoredObject
from freehold.protocols.hub.answer import json, page
from freehold.protocols.hub.gate import Gate, named_in_body
from freehold.wire.hub import models
from freehold.wire.hub.requests import CopyObjects, DeleteObjects

MOST_DELETED = 1000
MOST_COPIED = 500


@dataclass(frozen=True, slots=True)
class Objects:
    """Endpoints for large files as such, whatever path they lie at."""

    gate: Gate

    def lfs_files(self, request: Request) -> Response:
        """`GET /lfs-files`, in pages."""
        reader = self.gate.reader(request)
        most = paging.limit(request, paging.MAX_LIMIT)
        after = paging.cursor(request)
        rest = reader.objects()
        if after is not None:
            rest = list(dropwhile(lambda one: one.sha256 != after, rest))[1:]
        link = paging.next_link(request, rest[most - 1].sha256) if len(rest) > most else None
        return page([_lfs_file(one) for one in rest[:most]], link)

    def delete(self, request: Request, body: DeleteObjects) -> Response:
        """`POST /lfs-files/batch`: drop contents for good."""
        writer = self.gate.writer(request)
        deletions = body.deletions
        if len(deletions.sha) > MOST_DELETED:
            raise Invalid(f"Delete {MOST_DELETED} files at most in one request.")
        hashes = [_sha256(text) for text in deletions.sha]
        writer.delete_objects(hashes, rewrite_history=deletions.rewrite_history)
        return json({})

    def duplicate(self, request: Request, body: CopyObjects) -> Response:
        """`POST /lfs-files/duplicate`: give the target repository contents that this one holds."""
        if len(body.files) > MOST_COPIED:
            raise Invalid(f"Copy {MOST_COPIED} files at most in one request.")
        source = self.gate.reader(request)
        namespace, _, name = body.target.name.partition("/")
        with named_in_body():
            target = self.gate.repos.proposer(identity(request), RepoId(body.target.type, namespace, name))
        failed = target.link_from(source, [_sha256(file.sha256) for file in body.files])
        return json(models.CopyAnswer([models.CopyFailure(sha256, why) for sha256, why in failed]))


def _sha256(text: str) -> Sha256:
    if not is_digest(text):
        raise Invalid(f"{text[:100]!r} is not a SHA-256: send 64 lower-case hexadecimal digits.")
    return Sha256(text)


def _lfs_file(stored: StoredObject) -> models.LfsFile:
    return models.LfsFile(
        file_oid=stored.sha256,
        filename=stored.filename,
        oid=stored.sha256,
        pushed_at=iso(stored.pushed_at),
        size=stored.size,
        ref=stored.ref or UNSET,
    )
