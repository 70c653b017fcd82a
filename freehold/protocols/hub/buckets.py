"""Buckets: mutable storage without history, and batches of changes to it."""

from dataclasses import dataclass

from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi import paging
from freehold.asgi.bytes import send
from freehold.asgi.identity import identity
from freehold.asgi.urls import base_url, path_url
from freehold.base.clock import iso
from freehold.base.errors import Conflict, Invalid, RepoNotFound
from freehold.base.ids import RepoId, RepoKind, XetHash
from freehold.core.accounts.people import People
from freehold.core.repos.bucket_batches import Change, DropFile, PutFile
from freehold.core.repos.bucket_reader import BucketReader
from freehold.core.repos.bucket_rows import BucketFile, BucketFolder
from freehold.core.repos.repo import Repo
from freehold.protocols.hub.answer import flag, json, page
from freehold.protocols.hub.gate import Gate, address, spliced
from freehold.protocols.hub.repositories import owner_of_request, signed_in, wanted_visibility, with_url
from freehold.protocols.hub.resolve import content_disposition, media_type
from freehold.wire.hub import buckets as wire
from freehold.wire.hub.requests import UpdateSettings

PAGE = 1000
MOST_PATHS = 1000

ONE_REGION = "region; This hub keeps all that it holds in one place, so the region was not used."
"""Clients print this once."""


@dataclass(frozen=True, slots=True)
class BucketEndpoints:
    """`/api/buckets/…` and `/buckets/{id}/resolve/…`."""

    gate: Gate
    people: People

    def create(self, request: Request, body: wire.CreateBucket) -> Response:
        """`POST /api/buckets/{id}`, the owner `me` being the caller; 409 with the address if it is there already."""
        actor = signed_in(request)
        wanted = RepoId(RepoKind.BUCKET, owner_of_request(request), request.path_params["name"])
        visibility = wanted_visibility(RepoKind.BUCKET, body.visibility, private=body.private)
        try:
            bucket = self.gate.repos.create(actor, wanted, visibility=visibility, group=body.resource_group_id)
        except Conflict as conflict:
            raise with_url(request, conflict) from conflict
        created = wire.BucketCreated(path_url(request, bucket.repo_id.path), bucket.repo_id.full, bucket.name)
        return json(created, headers={"X-HF-Warning": ONE_REGION} if body.region else None)

    def info(self, request: Request) -> Response:
        """`GET /api/buckets/{id}`."""
        reader = self._reader(request)
        return json(_bucket(reader.repo, reader.count()))

    def listing(self, request: Request) -> Response:
        """`GET /api/buckets/{namespace}`, in pages; of `me` the caller's own."""
        actor = identity(request)
        namespace = owner_of_request(request)
        if self.people.by_name(namespace) is None:
            raise RepoNotFound("There is no user or organisation of this name. A bucket is named namespace/name.")
        most = paging.limit(request, PAGE, PAGE)
        search = request.query_params.get("search", "")
        found = self.gate.repos.buckets.listed(
            actor, namespace, search=search, after=paging.cursor(request) or "", limit=most + 1
        )
        link = paging.next_link(request, found[most - 1].cursor) if len(found) > most else None
        return page([_bucket(one.repo, one.files) for one in found[:most]], link)

    def delete(self, request: Request) -> Response:
        """`DELETE /api/buckets/{id}`, with all it holds."""
        with spliced(request):
            self.gate.repos.delete(identity(request), address(request))
        return json({})

    def update(self, request: Request, body: UpdateSettings) -> Response:
        """`PUT /settings`: who may see it."""
        admin = self.gate.admin(request)
        visibility = wanted_visibility(RepoKind.BUCKET, body.visibility, private=body.private)
        if visibility is None:
            raise Invalid("Send the setting to change: private or visibility.")
        bucket = admin.update(visibility=visibility)
        return json({"visibility": bucket.visibility, "private": bucket.private})

    def tree(self, request: Request) -> Response:
        """`GET /tree[/{prefix}]`: files whose paths begin with the letters of `prefix`, or a level of folders."""
        reader = self._reader(request)
        prefix = request.path_params.get("path", "")
        after, most = paging.cursor(request) or "", paging.limit(request, PAGE, PAGE)
        listed = reader.files if flag(request, "recursive") else reader.level
        entries = listed(prefix, after=after, limit=most + 1)
        link = paging.next_link(request, entries[most - 1].cursor) if len(entries) > most else None
        return page([_entry(one) for one in entries[:most]], link)

    def paths_info(self, request: Request, body: wire.BucketPaths) -> Response:
        """`POST /paths-info`: the files at given paths; those that are not there are left out."""
        reader = self._reader(request)
        if len(body.paths) > MOST_PATHS:
            raise Invalid(f"Ask for {MOST_PATHS} paths at most; send the others in further requests.")
        return json([_entry(file) for file in reader.files_at(body.paths)])

    def batch(self, request: Request, body: bytes) -> Response:
        """`POST /batch`: 200, and 422 if not one of the changes could be made; the answer names those that were not."""
        with spliced(request):
            writer = self.gate.repos.buckets.writer(identity(request), address(request))
        changes = [_change(sent) for sent in wire.parse_batch(body)]
        refused = writer.apply(changes)
        failed = [wire.Failure(one.path, one.reason) for one in refused]
        answer = wire.BatchAnswer(not failed, len(changes), len(changes) - len(failed), failed)
        return json(answer, 422 if failed and len(failed) == len(changes) else 200)

    def resolve(self, request: Request) -> Response:
        """`/buckets/{id}/resolve/{path}`: the bytes; a HEAD says where a Xet client gets them."""
        reader = self._reader(request)
        file = reader.file(request.path_params["path"])
        # Not the bare hash: clients compare an entity tag of 64 digits with the SHA-256 of a file that they have.
        etag = f"xet-{file.xet_hash}"
        route = f"{base_url(request)}/api/{reader.repo.repo_id.path}/xet-read-token"
        headers = {
            "X-Linked-Size": str(file.size),
            "X-Linked-Etag": f'"{etag}"',
            "X-Xet-Hash": file.xet_hash,
            "X-Xet-Refresh-Route": route,
            "Link": f'<{route}>; rel="xet-auth"',
            "Content-Disposition": content_disposition(file.path, saved=flag(request, "download")),
        }
        return send(
            request,
            lambda start, stop: reader.located(file, start, stop),
            file.size,
            etag=etag,
            headers=headers,
            media_type=media_type(file.path, file.content_type),
        )

    def _reader(self, request: Request) -> BucketReader:
        with spliced(request):
            return self.gate.repos.buckets.reader(identity(request), address(request))


def no_bucket(request: Request) -> Response:
    """A bucket's address without its owner."""
    identity(request)  # whoever is signed in is not told to sign in
    raise RepoNotFound("A bucket is named namespace/name. There is none without an owner.")


def _bucket(bucket: Repo, files: int) -> wire.BucketAnswer:
    return wire.BucketAnswer(
        id=bucket.repo_id.full,
        author=bucket.namespace,
        private=bucket.private,
        visibility=bucket.visibility,
        created_at=iso(bucket.created_at),
        updated_at=iso(bucket.updated_at),
        size=bucket.logical_bytes,
        total_files=files,
    )


def _entry(entry: BucketFile | BucketFolder) -> wire.FileAnswer | wire.FolderAnswer:
    if isinstance(entry, BucketFolder):
        return wire.FolderAnswer(entry.path, "directory", iso(entry.uploaded_at) if entry.uploaded_at else UNSET)
    return wire.FileAnswer(
        path=entry.path,
        size=entry.size,
        xet_hash=entry.xet_hash,
        uploaded_at=iso(entry.uploaded_at),
        type="file",
        mtime=UNSET if entry.modified_at is None else iso(entry.modified_at),
        content_type=entry.content_type or UNSET,
    )


def _change(sent: wire.Change) -> Change:
    if isinstance(sent, wire.DeleteFile):
        return DropFile(sent.path)
    source = None
    if isinstance(sent, wire.CopyFile):
        namespace, _, name = sent.source_repo_id.partition("/")
        try:
            source = RepoId(RepoKind(sent.source_repo_type), namespace, name)
        except ValueError:
            raise Invalid(f"sourceRepoType must be one of {', '.join(RepoKind)}.") from None
    modified = None if sent.mtime is None else int(sent.mtime)
    return PutFile(sent.path, XetHash(sent.xet_hash), modified, sent.content_type, source)
