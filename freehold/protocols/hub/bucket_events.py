"""The stream that tells a bucket's followers what changes in it: server-sent events, as the Hub's clients read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.following import Following, Story, Told
from freehold.asgi.identity import identity, identity_anew
from freehold.asgi.networks import network_of
from freehold.base.clock import iso
from freehold.base.errors import Invalid
from freehold.core.repos.bucket_batch_log import FileChange
from freehold.core.repos.bucket_reader import BucketReader
from freehold.protocols.hub.gate import Gate, address, spliced
from freehold.wire.hub import buckets as wire

_AT_ONCE = 20
"""Batches that are read in one go."""
_SSE = "text/event-stream"


class BucketEvents:
    """`GET /api/buckets/{id}/events`; one for a process, since its streams share what they look at."""

    def __init__(self, gate: Gate) -> None:
        self._gate, self.following = gate, Following(self._look)

    def events(self, request: Request) -> Response:
        """Replays the batches behind `cursor`, or `since` a moment, then says `ready` and what changes from now on.

        Without either, only what changes from now on. Who comes too late for a replay is told to `reset`.
        """
        with spliced(request):
            reader = self._gate.repos.buckets.reader(identity(request), address(request))
        if _SSE not in request.headers.get("accept", ""):
            raise Invalid(f"This is a stream of server-sent events: ask for it with Accept: {_SSE}.")
        tale = _Tale(self._gate, request, reader.repo.id, _place(request, reader))
        caller = reader.actor.account_id or network_of(request)
        return self.following.response(request, Story(reader.repo.id, caller, tale.tell, tale.farewell))

    def _look(self, bucket_ids: Sequence[str]) -> Mapping[str, int]:
        return self._gate.repos.buckets.batches(bucket_ids)


@dataclass(slots=True)
class _Tale:
    """What one follower has been told. Whether they may still be told is asked anew each time, credential and all."""

    gate: Gate
    request: Request
    bucket_id: str
    place: int | None
    """Behind which batch it goes on; None: nowhere, since what was there is forgotten."""
    ready: bool = False

    def tell(self) -> Told:
        reader = self._reader()
        batches = None if self.place is None else reader.batches(self.place, _AT_ONCE)
        if batches is None:
            return Told(_event("reset", wire.Reset("too-old")), last=True)
        text = b""
        for batch in batches:
            self.place = batch.place
            text += _event("changes", wire.Changes(self._cursor(), [_change(one) for one in batch.changes]))
        more = len(batches) == _AT_ONCE
        if not more and not self.ready:
            text, self.ready = text + _event("ready", wire.Ready(self._cursor())), True
        return Told(text, more=more)

    def farewell(self) -> bytes:
        return _event("reconnect", wire.Ready(self._cursor()))

    def _cursor(self) -> str:
        return f"{self.bucket_id}.{self.place}"

    def _reader(self) -> BucketReader:
        return self.gate.repos.buckets.reader(identity_anew(self.request), address(self.request))


def _place(request: Request, reader: BucketReader) -> int | None:
    cursor, since = request.query_params.get("cursor"), request.query_params.get("since")
    if cursor is not None:
        bucket_id, _, place = cursor.partition(".")
        if not (bucket_id.isalnum() and place.isascii() and place.isdigit() and len(place) < 19):
            raise Invalid("The cursor is not one of this hub's. Ask with `since`, or without either.")
        # A bucket of the same name may have come and gone.
        return int(place) if bucket_id == reader.repo.id else None
    return reader.place_at(_moment(since) if since else None)


def _moment(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid("since must be a moment, such as 2026-11-22T01:02:03.456Z.") from None
    return int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() * 1000)


def _event(name: str, data: wire.Ready | wire.Changes | wire.Reset) -> bytes:
    return f"event: {name}\ndata: ".encode() + msgspec.json.encode(data) + b"\n\n"


def _change(change: FileChange) -> wire.FileChange:
    def moment(at: int | None) -> str | msgspec.UnsetType:
        return msgspec.UNSET if at is None else iso(at)

    return wire.FileChange(
        path=change.path,
        op=change.op,
        size=msgspec.UNSET if change.size is None else change.size,
        xet_hash=change.xet_hash or msgspec.UNSET,
        uploaded_at=moment(change.uploaded_at),
        mtime=moment(change.modified_at),
    )
