"""The cast as clients of the Hub's API, and the few requests that every test begins with."""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import httpx
import pytest

from freehold.base.ids import RepoId, RepoKind, Sha256
from freehold.core.repos.incoming import Incoming
from tests.kit.hub import TestHub


def ndjson(*lines: object) -> bytes:
    """Values as lines of JSON."""
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


@dataclass(frozen=True)
class Asker:
    """A member of the cast at the API. Paths are given without `/api/`."""

    hub: TestHub
    client: httpx.Client

    def get(self, path: str, **params: object) -> httpx.Response:
        return self.client.get(f"/api/{path}", params=params)  # type: ignore[arg-type]

    def post(self, path: str, body: object = None, **params: object) -> httpx.Response:
        return self.client.post(f"/api/{path}", json=body, params=params)  # type: ignore[arg-type]

    def put(self, path: str, body: object) -> httpx.Response:
        return self.client.put(f"/api/{path}", json=body)

    def delete(self, path: str, body: object = None) -> httpx.Response:
        return self.client.request("DELETE", f"/api/{path}", json=body)

    def create(self, name: str, kind: str = "model", organization: str | None = None, **more: object) -> httpx.Response:
        """Ask for a new repository."""
        sdk = {"sdk": "gradio"} if kind == "space" else {}
        return self.post("repos/create", {"name": name, "organization": organization, "type": kind, **sdk, **more})

    def commit(
        self,
        repo: str,
        files: Mapping[str, bytes],
        *operations: object,
        rev: str = "main",
        parent: str | None = None,
        **params: object,
    ) -> httpx.Response:
        """Commit small files, then further operations; `repo` such as `models/alice/birds`."""
        header = {"summary": "a commit", "description": ""} | ({"parentCommit": parent} if parent else {})
        lines = [{"key": "header", "value": header}]
        for path, content in files.items():
            text = base64.b64encode(content).decode()
            lines.append({"key": "file", "value": {"path": path, "content": text, "encoding": "base64"}})
        return self.client.post(
            f"/api/{repo}/commit/{rev}",
            content=ndjson(*lines, *operations),
            headers={"Content-Type": "application/x-ndjson"},
            params=params,  # type: ignore[arg-type]
        )

    def made(self, response: httpx.Response) -> str:
        """The id of the commit that was made."""
        assert response.status_code == 200, response.text
        return str(response.json()["commitOid"])

    def large(self, repo: str, path: str, content: bytes) -> str:
        """Upload a large file and commit it; its SHA-256."""
        sha256 = Sha256(hashlib.sha256(content).hexdigest())
        rooms = self.hub.rooms
        kind, namespace, name = repo.split("/")
        at = RepoId(RepoKind(kind.removesuffix("s")), namespace, name)
        actor = self.hub.actor("alice")
        with Incoming(rooms.objects, rooms.repos.writer(actor, at).repo, sha256, len(content)) as incoming:
            incoming.write(content)
            incoming.finish()
        line = {"key": "lfsFile", "value": {"path": path, "algo": "sha256", "oid": sha256, "size": len(content)}}
        self.made(self.commit(repo, {}, line))
        return sha256


@pytest.fixture
def alice(hub: TestHub) -> Iterator[Asker]:
    """She owns."""
    with hub.client("alice") as client:
        yield Asker(hub, client)


@pytest.fixture
def bob(hub: TestHub) -> Iterator[Asker]:
    """He writes in her organisation acme."""
    with hub.client("bob") as client:
        yield Asker(hub, client)


@pytest.fixture
def carol(hub: TestHub) -> Iterator[Asker]:
    """She may not."""
    with hub.client("carol") as client:
        yield Asker(hub, client)


@pytest.fixture
def nobody(hub: TestHub) -> Iterator[Asker]:
    """No credential at all."""
    with hub.client() as client:
        yield Asker(hub, client)


@pytest.fixture
def birds(alice: Asker) -> str:
    """Her public model, as API addresses spell it."""
    assert alice.create("birds").status_code == 200
    return "models/alice/birds"


@pytest.fixture
def secret(alice: Asker) -> str:
    """Her private model."""
    assert alice.create("secret", visibility="private").status_code == 200
    return "models/alice/secret"
