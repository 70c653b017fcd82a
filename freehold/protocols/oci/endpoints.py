"""The endpoints of the registry: is it one, manifests by tag, blobs by digest.

Ollama asks for a blob with its credentials once, and then fetches its parts without: from where it was led to, or,
where that was the same host name, from the blob's own address. So who must be signed in is led to a signed link, on
`second_url` where the hub has another name.
"""

from collections.abc import Callable
from functools import partial
from urllib.parse import quote

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from freehold.asgi.bytes import send
from freehold.asgi.identity import identity, token_in
from freehold.asgi.routing import raw_path
from freehold.asgi.urls import base_url
from freehold.base.errors import BadCredentials, Disabled, Moved, NotFound, RepoNotFound
from freehold.base.ids import RepoId, RepoKind
from freehold.base.streams import Located, Made
from freehold.core.accounts.actor import ANONYMOUS, Actor
from freehold.core.repos.large import Held, RepoObjects
from freehold.core.repos.reader import RepoReader
from freehold.core.repos.repo import Repo
from freehold.core.repos.repos import Repos
from freehold.protocols.oci.models import Models, digest_of
from freehold.protocols.oci.signing_in import SignIn
from freehold.wire.oci.documents import MANIFEST, parse_digest

Link = Callable[[Actor, Repo, Held, str], str]
"""A signed address for one content, below the given address of the hub."""

_NO_BLOB = "This repository has no blob of this digest. Ask for a manifest to learn its digests."
VERSION = {"Docker-Distribution-Api-Version": "registry/2.0"}


class Endpoints:
    """All of them; each returns a response or raises a HubError."""

    def __init__(self, repos: Repos, objects: RepoObjects, link: Link, sign_in: SignIn, second_url: str = "") -> None:
        self._repos = repos
        self._sign_in = sign_in
        self._objects = objects
        self._link = link
        self._second_url = second_url.rstrip("/")
        self._models = Models()

    def version(self, request: Request) -> Response:
        """`GET /v2/`: this is a registry."""
        identity(request)
        return Response(b"{}", media_type="application/json", headers=VERSION)

    def token(self, request: Request) -> Response:
        """`GET /v2/token`: what a client that was told to sign in asks for; a hub's own token is as good as any."""
        token = self._sign_in.pass_for(request)
        if token is None:
            if not identity(request).signed_in:
                raise BadCredentials("Sign in with a token of this hub as the password. Public models need none.")
            token = token_in(request)
        return Response(msgspec.json.encode({"token": token}), media_type="application/json")

    def manifest(self, request: Request) -> Response:
        """`GET|HEAD /v2/{ns}/{name}/manifests/{tag}`."""
        reader = self._reader(request)
        model = self._models.of(reader, request.path_params["tag"])
        body = msgspec.json.encode(model.manifest)
        return Response(body, media_type=MANIFEST, headers={"Docker-Content-Digest": digest_of(body), **VERSION})

    def blob(self, request: Request) -> Response:
        """`GET|HEAD /v2/{ns}/{name}/blobs/{digest}`: bytes, ranges of them, or where they are."""
        reader = self._reader(request)
        reader.require_content()
        sha256 = parse_digest(request.path_params["digest"])
        if sha256 is None:
            raise NotFound(_NO_BLOB)
        headers = {"Docker-Content-Digest": f"sha256:{sha256}", **VERSION}
        held = self._objects.has(reader.repo, sha256)
        if held is None:
            small = self._models.small(reader, sha256)
            if small is None:
                raise NotFound(_NO_BLOB)
            return send(request, partial(_part, small), len(small), etag=sha256, headers=headers)
        if request.method == "GET" and not self._is_open(reader):
            base = self._second_url or base_url(request)
            link = self._link(reader.actor, reader.repo, held, base)
            return RedirectResponse(link, 307, {"Cache-Control": "private, no-store", **headers})
        locate = partial(self._objects.locate, reader.repo, sha256)
        return send(request, locate, held.size, etag=sha256, headers=headers)

    def _is_open(self, reader: RepoReader) -> bool:
        """Whether who has not signed in may have the content too."""
        try:
            return not self._repos.by_row_id(ANONYMOUS, reader.repo.id).closed
        except (RepoNotFound, Disabled):
            return False

    def _reader(self, request: Request) -> RepoReader:
        asked = RepoId(RepoKind.MODEL, request.path_params["ns"], request.path_params["name"])
        try:
            return self._repos.reader(identity(request), asked)
        except Moved as moved:
            place = raw_path(request.scope).split("/", 4)[-1]
            raise Moved(f"v2/{quote(moved.to.strip('/'))}/{place}") from moved


def _part(content: bytes, start: int, stop: int) -> Located:
    return Made(stop - start, lambda: iter([content[start:stop]]))
