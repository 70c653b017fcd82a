"""What LFS clients say, in few words."""

import hashlib
import os

import httpx

from freehold.base.ids import Sha256
from freehold.core.accounts.actor import SYSTEM

MEDIA_TYPE = "application/vnd.git-lfs+json"
URL = "http://hub.test"

WEIGHTS = os.urandom(200_000)
POISON = os.urandom(200_000)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def batch(
    client: httpx.Client, repo: str, operation: str, *contents: bytes, transfers: tuple[str, ...] = ("basic",)
) -> httpx.Response:
    objects = [{"oid": digest(data), "size": len(data)} for data in contents]
    return ask(client, repo, {"operation": operation, "transfers": transfers, "objects": objects})


def ask(client: httpx.Client, repo: str, document: object) -> httpx.Response:
    headers = {"Accept": MEDIA_TYPE, "Content-Type": MEDIA_TYPE}
    return client.post(f"/{repo}.git/info/lfs/objects/batch", json=document, headers=headers)


def action(answer: httpx.Response, name: str, at: int = 0) -> dict:
    assert answer.status_code == 200, answer.text
    return answer.json()["objects"][at]["actions"][name]


def upload(client: httpx.Client, anyone: httpx.Client, repo: str, data: bytes) -> httpx.Response:
    """A batch, then the upload as the Hub's client does it: without any credential."""
    href = action(batch(client, repo, "upload", data), "upload")["href"]
    return anyone.put(href.removeprefix(URL), content=data)


def download(client: httpx.Client, anyone: httpx.Client, repo: str, data: bytes, **headers: str) -> httpx.Response:
    href = action(batch(client, repo, "download", data), "download")["href"]
    return anyone.get(href.removeprefix(URL), headers=headers)


def held(hub, repo_id, data: bytes):
    """Whether the repository has such an object, whoever asks."""
    repo = hub.rooms.repos.by_row_id(SYSTEM, hub.rooms.repos.reader(SYSTEM, repo_id).repo.id).repo
    return hub.rooms.repos.objects.has(repo, Sha256(digest(data)))
