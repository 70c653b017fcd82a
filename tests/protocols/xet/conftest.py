"""A hub with one model of alice's, and people who speak the CAS protocol to it by hand."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
import pytest

from freehold.base.ids import RepoId, RepoKind, Sha256
from freehold.wire.xet.codec import Scheme
from freehold.wire.xet.hashes import to_text
from freehold.wire.xet.shard import FileInfo, write_upload_shard
from freehold.wire.xet.xorb import XorbLayout, encode_xorb
from tests.kit.hub import TestHub
from tests.stores.xet.conftest import file_of, layout_of


@dataclass
class Cas:
    """One person's way to the CAS with the token of one repository."""

    hub: TestHub
    url: str
    token: str

    @contextmanager
    def client(self) -> Iterator[httpx.Client]:
        """Signed in with the access token."""
        with self.hub.client() as client:
            client.headers["Authorization"] = f"Bearer {self.token}"
            client.base_url = httpx.URL(f"{self.url}/")
            yield client

    def call(self, method: str, path: str, **options) -> httpx.Response:
        """One request below the CAS address."""
        with self.client() as client:
            return client.request(method, f"{self.url}{path}", **options)

    def send(self, chunks: list[bytes], scheme: Scheme = Scheme.LZ4) -> XorbLayout:
        """Upload a xorb without a grant."""
        layout = layout_of(chunks, scheme)
        answer = self.call("POST", f"/v1/xorbs/default/{to_text(layout.hash)}", content=encode_xorb(chunks, scheme))
        assert answer.status_code == 200, answer.text
        return layout

    def register(self, *files: FileInfo, version: str = "v2") -> list[dict]:
        """Send a shard; the frames of the answer."""
        answer = self.call("POST", f"/{version}/shards", content=write_upload_shard(files, []))
        assert answer.status_code == 200, answer.text
        return [json.loads(line) for line in answer.text.splitlines()]

    def push(self, chunks: list[bytes], sha256: Sha256 | None = None) -> FileInfo:
        """Upload a file of one xorb."""
        layout = self.send(chunks)
        file = file_of((layout, 0, layout.n), sha256=sha256)
        assert self.register(file)[-1] == {"type": "result"}
        return file

    def plan(self, file: FileInfo, start: int = 0, stop: int = 1 << 40) -> dict:
        """The reconstruction of a range."""
        path = f"/v2/reconstructions/{to_text(file.hash)}"
        answer = self.call("GET", path, headers={"Range": f"bytes={start}-{stop - 1}"})
        assert answer.status_code == 200, answer.text
        return answer.json()


def cas(hub: TestHub, user: str | None, repo: str = "alice/birds", verb: str = "write", query: str = "") -> Cas:
    """Ask for an access token as a client would."""
    with hub.client(user) as client:
        answer = client.get(f"/api/models/{repo}/xet-{verb}-token/main{query}")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert urlsplit(body["casUrl"]).netloc == "hub.test"
    return Cas(hub, body["casUrl"], body["accessToken"])


def new_repo(hub: TestHub, user: str, name: str, visibility: str = "public") -> None:
    """A model of `user`'s own."""
    hub.rooms.repos.create(hub.actor(user), RepoId(RepoKind.MODEL, user, name), visibility=visibility)


@pytest.fixture
def birds(hub: TestHub) -> TestHub:
    """The hub, with the public model alice/birds in it."""
    new_repo(hub, "alice", "birds")
    return hub
