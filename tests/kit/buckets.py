"""Buckets for tests, with content that came as the client sends it: a xorb, a shard, a batch."""

from collections.abc import Mapping

from freehold.base.ids import RepoId, RepoKind, XetHash
from freehold.core.accounts.access import Right
from freehold.core.repos.bucket_batches import PutFile, Refused
from freehold.core.repos.bucket_rows import EMPTY
from freehold.core.repos.permit import Permit
from freehold.core.repos.readable import readable_ids
from freehold.stores.xet.access import Caller
from freehold.wire.xet.codec import Scheme
from freehold.wire.xet.hashes import to_text
from freehold.wire.xet.shard import write_upload_shard
from freehold.wire.xet.xorb import encode_xorb
from tests.kit.builders import owner_of
from tests.kit.hub import TestHub
from tests.stores.xet.conftest import file_of, layout_of


def a_bucket(
    hub: TestHub,
    full: str = "alice/shelf",
    *,
    visibility: str = "public",
    files: Mapping[str, bytes] | None = None,
) -> RepoId:
    """A bucket, with `files` in it if there are any."""
    bucket = RepoId(RepoKind.BUCKET, *full.split("/"))
    hub.rooms.repos.create(hub.actor(owner_of(bucket)), bucket, visibility=visibility)
    if files:
        assert put(hub, bucket, files) == []
    return bucket


def uploaded(hub: TestHub, bucket: RepoId, content: bytes, by: str | None = None) -> XetHash:
    """Content that has arrived and is at no path yet; its hash."""
    if not content:
        return EMPTY
    actor = hub.actor(by or owner_of(bucket))
    xet, repo = hub.rooms.xet, hub.rooms.repos.buckets.reader(actor, bucket).repo
    chunks = [content[at : at + 60_000] for at in range(0, len(content), 60_000)]
    layout = layout_of(chunks, Scheme.NONE)
    with xet.xorbs.receive(to_text(layout.hash), str(actor.account_id)) as incoming:
        incoming.feed(memoryview(encode_xorb(chunks, Scheme.NONE)))
        incoming.finish()
    file, readable = file_of((layout, 0, layout.n)), readable_ids(actor)
    caller = Caller(str(actor.account_id), readable.sql, readable.params)
    buckets, permit = hub.rooms.repos.buckets, Permit(actor, repo.id, Right.WRITE)
    xet.shards.register(
        caller, repo.id, write_upload_shard([file], [layout]), lambda tx, new: buckets.expect(tx, repo, new, permit)
    )
    return to_text(file.hash)


def put(hub: TestHub, bucket: RepoId, files: Mapping[str, bytes], by: str | None = None) -> list[Refused]:
    """Upload files and give them their paths; what was refused."""
    changes = [PutFile(path, uploaded(hub, bucket, content, by), 1_000) for path, content in files.items()]
    return hub.rooms.repos.buckets.writer(hub.actor(by or owner_of(bucket)), bucket).apply(changes)


def paths(hub: TestHub, bucket: RepoId) -> list[str]:
    """All paths of a bucket."""
    reader = hub.rooms.repos.buckets.reader(hub.actor(owner_of(bucket)), bucket)
    return [file.path for file in reader.files(limit=10_000)]
