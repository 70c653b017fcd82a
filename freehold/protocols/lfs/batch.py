"""The batch endpoint: for each content, is it here, and by which links does it come or go."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal, Protocol
from urllib.parse import quote

from msgspec.structs import replace

from freehold.base.errors import HubError, QuotaExceeded, TooLarge
from freehold.base.ids import Sha256, is_digest
from freehold.core.accounts.actor import Actor
from freehold.core.repos.large import Held, RepoObjects
from freehold.core.repos.parts import new_upload
from freehold.core.repos.repo import Repo
from freehold.protocols.lfs.grants import DOWNLOAD_S, UPLOAD_S, Grant, Grants, Verb
from freehold.wire.lfs.batch import Action, BatchRequest, BatchResponse, Object, ObjectAnswer, ObjectError, part_header

Transfer = Literal["basic", "multipart", "xet"]


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks about which repository; `base` is the hub's address as they use it."""

    actor: Actor
    repo: Repo
    base: str
    shown: str | None = None
    """The pass that they came with: git-lfs shows it again only where it is told to."""


class Ticket(Protocol):
    """What lets a client upload by Xet."""

    @property
    def href(self) -> str:
        """Where it gets its next access token."""

    @property
    def headers(self) -> dict[str, str]:
        """The first one, and the address of the CAS."""


Tickets = Callable[[Actor, Repo, str], Ticket]
"""Makes one for an actor, a repository, and the hub's address as the actor uses it."""


class Batches:
    """Answers batch requests of actors whose right was checked already.

    Uploads go by Xet if the client can; else a content of more than `part_bytes` is sent in parts of that size, if
    the client can do that.
    """

    def __init__(self, objects: RepoObjects, grants: Grants, part_bytes: int, tickets: Tickets) -> None:
        self._objects = objects
        self._grants = grants
        self._part_bytes = part_bytes
        self._tickets = tickets

    def answer(self, asking: Asking, request: BatchRequest) -> BatchResponse:
        """One answer an object. What other repositories hold plays no part."""
        named = [Sha256(item.oid) for item in request.objects if is_digest(item.oid)]
        if request.operation == "download":
            held = self._objects.held(asking.repo, named)
            return BatchResponse("basic", [self._download(asking, item, held) for item in request.objects])
        held = self._objects.promised(asking.repo, named)
        answers = {item.oid: _settled(item, held.get(Sha256(item.oid))) for item in request.objects}
        wanted = [item for item in request.objects if answers[item.oid] is None]
        refused = self._refusals(asking.repo, wanted)
        transfer = self._transfer(request, wanted)
        way = self._way(asking, transfer)
        for item in wanted:
            error = refused.get(item.oid)
            answers[item.oid] = _refused(item, error) if error else self._upload(asking, item, way)
        return BatchResponse(transfer, [answer for answer in answers.values() if answer is not None])

    def _transfer(self, request: BatchRequest, wanted: list[Object]) -> Transfer:
        if "xet" in request.transfers:
            return "xet"
        in_parts = "multipart" in request.transfers and any(item.size > self._part_bytes for item in wanted)
        return "multipart" if in_parts else "basic"

    def _refusals(self, repo: Repo, wanted: list[Object]) -> dict[str, HubError]:
        """Why objects may not come: each by itself, or those that remain together."""
        if self._refusal(repo, wanted) is None:
            return {}
        alone = {item.oid: error for item in wanted if (error := self._refusal(repo, [item]))}
        rest = [item for item in wanted if item.oid not in alone]
        together = self._refusal(repo, rest)
        return alone | ({item.oid: together for item in rest} if together else {})

    def _refusal(self, repo: Repo, items: list[Object]) -> HubError | None:
        try:
            self._objects.check_room(repo, [item.size for item in items])
        except (TooLarge, QuotaExceeded) as error:
            return error
        return None

    def _download(self, asking: Asking, item: Object, held: dict[Sha256, Held]) -> ObjectAnswer:
        content = held.get(Sha256(item.oid))
        if content is None:
            return _error(item, 404, "This repository does not hold this object.")
        # The size is the content's own: the client knows only what a pointer file says.
        action = Action(self._link(asking, content), expires_in=DOWNLOAD_S)
        return ObjectAnswer(item.oid, content.size, {"download": action})

    def link(self, actor: Actor, repo: Repo, content: Held, base: str) -> str:
        """A signed address of a content that the repository holds, for an actor who may read it."""
        return self._link(Asking(actor, repo, base), content)

    def _link(self, asking: Asking, content: Held) -> str:
        grant = self._grant(asking, "get", content.sha256, content.size, DOWNLOAD_S)
        return self._action(asking, grant, DOWNLOAD_S).href

    def _upload(self, asking: Asking, item: Object, way: Callable[[Object], Action]) -> ObjectAnswer:
        header = {"Authorization": f"Pass {asking.shown}"} if asking.shown else None
        verify = Action(f"{asking.base}/{quote(asking.repo.repo_id.path)}.git/info/lfs/objects/verify", header)
        return ObjectAnswer(item.oid, item.size, {"upload": way(item), "verify": verify})

    def _way(self, asking: Asking, transfer: Transfer) -> Callable[[Object], Action]:
        """How an object is to be sent; one ticket serves a whole batch."""
        if transfer == "xet":
            ticket = self._tickets(asking.actor, asking.repo, asking.base)
            return lambda _item: Action(ticket.href, ticket.headers)
        return partial(self._in_parts if transfer == "multipart" else self._whole, asking)

    def _whole(self, asking: Asking, item: Object) -> Action:
        return self._action(asking, self._grant(asking, "put", Sha256(item.oid), item.size, UPLOAD_S), UPLOAD_S)

    def _in_parts(self, asking: Asking, item: Object) -> Action:
        whole = replace(
            self._grant(asking, "complete", Sha256(item.oid), item.size, UPLOAD_S),
            upload=new_upload(),
            part_bytes=self._part_bytes,
        )
        parts = [replace(whole, verb="part", part=number) for number in range(1, len(whole.parts) + 1)]
        header = part_header(whole.part_bytes, [self._action(asking, part, UPLOAD_S).href for part in parts])
        return replace(self._action(asking, whole, UPLOAD_S), header=header)

    def _grant(self, asking: Asking, verb: Verb, sha256: Sha256, size: int, seconds: int) -> Grant:
        actor = asking.actor
        expires = self._grants.expiry(seconds)
        repo, key_id = asking.repo, actor.key_id
        return Grant(verb, repo.id, sha256, size, actor.account_id, actor.token_id, expires, key_id=key_id)

    def _action(self, asking: Asking, grant: Grant, seconds: int) -> Action:
        place = f"parts/{grant.part}" if grant.verb == "part" else _PLACES[grant.verb]
        url = f"{asking.base}/api/lfs/{grant.sha256}/{place}?grant={self._grants.sign(grant)}"
        return Action(url, expires_in=seconds)


_PLACES = {"get": "content", "put": "content", "complete": "complete"}


def _settled(item: Object, content: Held | None) -> ObjectAnswer | None:
    """The answer for an object that needs no upload, or can have none."""
    if not is_digest(item.oid) or item.size < 0:
        return _error(item, 422, "An object is named by 64 lower-case hexadecimal digits and a size in bytes.")
    if content is None or not content.verified:
        return None
    if content.size != item.size:
        return _error(item, 422, f"This object has {content.size} bytes, not {item.size}.")
    return ObjectAnswer(item.oid, item.size)


def _refused(item: Object, error: HubError) -> ObjectAnswer:
    return _error(item, 413 if isinstance(error, TooLarge) else 403, error.message)


def _error(item: Object, code: int, message: str) -> ObjectAnswer:
    return ObjectAnswer(item.oid, item.size, error=ObjectError(code, message))
