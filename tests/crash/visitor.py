"""A quick client that speaks the wire itself: plain commits, uploads by LFS and by Xet, and reading back."""

import base64
import hashlib
import json
import random
from typing import Any

import httpx

from freehold.base.ids import Sha256
from freehold.wire.xet.codec import Scheme
from freehold.wire.xet.hashes import chunk_hash, file_hash, merkle, range_hash, to_text
from freehold.wire.xet.shard import FileInfo, Term, write_upload_shard
from freehold.wire.xet.xorb import XorbVerifier, encode_xorb

LFS_JSON = {"Content-Type": "application/vnd.git-lfs+json", "Accept": "application/vnd.git-lfs+json"}


def sha256(content: bytes) -> Sha256:
    return Sha256(hashlib.sha256(content).hexdigest())


class Visitor:
    """Every method raises httpx.HTTPError when the hub does not answer or refuses."""

    def __init__(self, url: str, token: str) -> None:
        self._http = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=30)

    def close(self) -> None:
        self._http.close()

    def create(self, repo: str) -> None:
        namespace, name = repo.split("/")
        self._post("/api/repos/create", json={"name": name, "organization": namespace, "type": "model"})

    def delete(self, repo: str) -> None:
        namespace, name = repo.split("/")
        body = {"name": name, "organization": namespace, "type": "model"}
        self._http.request("DELETE", "/api/repos/delete", json=body).raise_for_status()

    def commit(self, repo: str, small: dict[str, bytes], large: dict[str, bytes], deleted: list[str]) -> str:
        """Commit `small` files by content and `large` ones, uploaded before, by digest; return the commit's id."""
        lines: list[dict[str, Any]] = [{"key": "header", "value": {"summary": "Change", "description": ""}}]
        lines += [{"key": "deletedFile", "value": {"path": path}} for path in deleted]
        for path, content in small.items():
            value = {"path": path, "content": base64.b64encode(content).decode(), "encoding": "base64"}
            lines.append({"key": "file", "value": value})
        for path, content in large.items():
            value = {"path": path, "algo": "sha256", "oid": sha256(content), "size": len(content)}
            lines.append({"key": "lfsFile", "value": value})
        body = "\n".join(json.dumps(line) for line in lines)
        answer = self._post(
            f"/api/models/{repo}/commit/main", content=body, headers={"Content-Type": "application/x-ndjson"}
        )
        return str(answer.json()["commitOid"])

    def upload_by_lfs(self, repo: str, content: bytes) -> None:
        asked = {
            "operation": "upload",
            "transfers": ["basic"],
            "hash_algo": "sha256",
            "objects": [{"oid": sha256(content), "size": len(content)}],
        }
        answer = self._post(f"/{repo}.git/info/lfs/objects/batch", content=json.dumps(asked), headers=LFS_JSON)
        (found,) = answer.json()["objects"]
        if actions := found.get("actions"):
            httpx.put(actions["upload"]["href"], content=content, timeout=30).raise_for_status()
            if verify := actions.get("verify"):
                self._post(verify["href"], content=json.dumps(asked["objects"][0]), headers=LFS_JSON)  # type: ignore[index]

    def upload_by_xet(self, repo: str, content: bytes) -> None:
        """One xorb, one shard, one file; chunks are cut by a seed, since the hub takes any lawful cut."""
        chunks = _cut(content)
        body = encode_xorb(chunks, Scheme.LZ4)
        verifier = XorbVerifier()
        verifier.feed(body)
        layout = verifier.finish()
        hashes = b"".join(chunk_hash(chunk) for chunk in chunks)
        sizes = [len(chunk) for chunk in chunks]
        term = Term(merkle(hashes, sizes), len(content), 0, len(chunks))
        file = FileInfo(file_hash(hashes, sizes), (term,), range_hash(hashes), sha256(content))

        grant = self._get(f"/api/models/{repo}/xet-write-token/main").json()
        cas, headers = grant["casUrl"], {"Authorization": f"Bearer {grant['accessToken']}"}
        self._post(f"{cas}/v1/xorbs/default/{to_text(layout.hash)}", content=body, headers=headers)
        answer = self._post(f"{cas}/v2/shards", content=write_upload_shard([file], [layout]), headers=headers)
        last = json.loads(answer.text.strip().splitlines()[-1])
        if last["type"] != "result":
            raise httpx.HTTPError(f"the shard was refused: {last}")

    def history(self, repo: str) -> list[str]:
        """The commit ids of main, newest first."""
        commits: list[str] = []
        url: str | None = f"/api/models/{repo}/commits/main"
        while url:
            answer = self._get(url)
            commits += [commit["id"] for commit in answer.json()]
            url = answer.links.get("next", {}).get("url")
        return commits

    def files(self, repo: str) -> set[str]:
        """The paths on main, without what the hub put there itself."""
        info = self._get(f"/api/models/{repo}").json()
        return {file["rfilename"] for file in info["siblings"]} - {".gitattributes"}

    def read(self, repo: str, path: str) -> bytes:
        return self._get(f"/{repo}/resolve/main/{path}").content

    def _get(self, url: str) -> httpx.Response:
        return self._http.get(url).raise_for_status()

    def _post(self, url: str, **options: Any) -> httpx.Response:
        return self._http.post(url, **options).raise_for_status()


def _cut(content: bytes) -> list[bytes]:
    chance = random.Random(len(content))
    chunks, start = [], 0
    while start < len(content):
        end = start + chance.randrange(8 << 10, 128 << 10)
        chunks.append(content[start:end])
        start = end
    return chunks
