"""Every way to what a repository holds: which routes it goes by, with which credential, and how it is asked."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.clients.client import ENVIRONMENTS, Client
from tests.kit.gitclient import Clone, address, clone
from tests.kit.hub import TestHub
from tests.kit.sshclient import Visitor
from tests.protocols.lfs.talk import MEDIA_TYPE
from tests.protocols.oci.test_registry import Signer, challenged
from tests.protocols.spelling import spelled
from tests.protocols.xet import client as native

SECRET = "only for those who are let in"
REPO = "acme/birds"


@dataclass
class Contents:
    """What lies in the repository, by the names that ways ask for."""

    large: bytes
    gguf_sha256: str
    xet: dict
    """A file of chunks, as the native client told of it."""
    pull: int


@dataclass
class Mallory:
    """Somebody who was let in, with each credential and each link that one gets by then."""

    hub: TestHub
    url: str
    folder: Path
    contents: Contents
    sha256: str
    token: str
    visitor: Visitor
    cookies: dict[str, str]
    signer: Signer
    kept: dict[str, object] = field(default_factory=dict)
    """Links, tickets and working copies from the time when she was in."""

    # Asking.

    def ask(self, path: str, method: str = "GET", *, by: str = "token", **more: object) -> httpx.Response:
        headers = dict(more.pop("headers", {}))  # type: ignore[call-overload]
        if by == "token":
            headers["Authorization"] = f"Bearer {self.token}"
        cookies = self.cookies if by == "cookie" else None
        url = path if path.startswith("http") else f"{self.url}{path}"
        assert url.startswith(self.url), f"{url} leads past the hub: a store's own link could not be called back"
        return httpx.request(method, url, headers=headers, cookies=cookies, timeout=60, **more)  # type: ignore[arg-type]

    def batch(self, **headers: str) -> httpx.Response:
        document = {"operation": "download", "objects": [{"oid": self.sha256, "size": len(self.contents.large)}]}
        by = "header" if headers else "token"
        kind = {"Accept": MEDIA_TYPE, "Content-Type": MEDIA_TYPE}
        return self.ask(f"/{REPO}.git/info/lfs/objects/batch", "POST", by=by, json=document, headers=kind | headers)

    def pass_header(self) -> dict[str, str]:
        status, said = self.visitor.ssh(f"git-lfs-authenticate {REPO} download")
        return json.loads(said)["header"] if status == 0 else {}

    # Taking what one can take while one is in.

    def prepare(self) -> None:
        kept = self.kept
        kept["http clone"] = clone(address(self.url, REPO, self.token), self.folder / "http" / "work", user="mallory")
        kept["ssh clone"] = self.visitor.clone(REPO)
        kept["pass"] = self.pass_header()
        for name, headers in (("token", {}), ("pass", kept["pass"])):
            kept[f"lfs link by {name}"] = _href(self.batch(**headers))  # type: ignore[arg-type]
        ticket = self.ask(f"/api/models/{REPO}/xet-read-token/main").json()
        kept["ticket"] = ticket
        for version in ("v1", "v2"):
            plan = self.by_ticket(f"/{version}/reconstructions/{self.contents.xet['hash']}").json()
            spans = next(iter(plan.get("xorbs", plan.get("fetch_info")).values()))
            ranges = spans[0]["url_range"] if version == "v1" else spans[0]["ranges"][0]["bytes"]
            kept[f"chunk link {version}"] = (spans[0]["url"], f"bytes={ranges['start']}-{ranges['end']}")
        blob = self.ask(f"/v2/{REPO}/blobs/sha256:{self.contents.gguf_sha256}")
        kept["registry link"] = blob.headers["location"]
        offered = self.signer.token(challenged(self.url, REPO), self.hub.clock() // 1_000_000)
        kept["registry pass"] = offered.json()["token"]

    def by_ticket(self, path: str, method: str = "GET", **more: object) -> httpx.Response:
        ticket = self.kept["ticket"]
        shown = {"Authorization": f"Bearer {ticket['accessToken']}"}  # type: ignore[index]
        return self.ask(f"{ticket['casUrl']}{path}", method, by="header", headers=shown, **more)  # type: ignore[index]


def _href(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    return str(answer.json()["objects"][0]["actions"]["download"]["href"])


@dataclass(frozen=True)
class Way:
    """`by` is the credential that it stands or falls with; `open` tries it and says whether it gave anything."""

    name: str
    by: str
    open: Callable[[Mallory], bool]
    routes: tuple[str, ...] = ()


def gives(path: str, marker: str | bytes = "", *, by: str = "token", method: str = "GET", **more: object):
    """A request that is answered with something, and what it gives holds the marker."""
    wanted = marker.encode() if isinstance(marker, str) else marker

    def asked(mallory: Mallory) -> bool:
        answer = mallory.ask(path.format(mallory=mallory), method, by=by, **more)
        return answer.status_code < 300 and wanted in answer.content

    return asked


def kept_link(name: str, **headers: str):
    return lambda mallory: mallory.ask(str(mallory.kept[name]), by="link", headers=headers).status_code in (200, 206)


def chunk_link(version: str):
    def asked(mallory: Mallory) -> bool:
        url, span = mallory.kept[f"chunk link {version}"]  # type: ignore[misc]
        return mallory.ask(url, by="link", headers={"Range": span}).status_code == 206

    return asked


def reconstruction(path: str, method: str = "GET"):
    def asked(mallory: Mallory) -> bool:
        name = mallory.contents.xet["hash"]
        body = {"json": [{"hash": name, "prefix": "default"}]} if method == "POST" else {}
        return mallory.by_ticket(path.format(file=name), method, **body).status_code == 200

    return asked


def fetches(name: str):
    def asked(mallory: Mallory) -> bool:
        here: Clone = mallory.kept[name]  # type: ignore[assignment]
        with suppress(AssertionError):
            here.git("fetch")
            return True
        return False

    return asked


def clones(remote: Callable[[Mallory], str], *, by_ssh: bool = False):
    def asked(mallory: Mallory) -> bool:
        variables = {"GIT_SSH_COMMAND": " ".join(mallory.visitor.words)} if by_ssh else {}
        with suppress(AssertionError):
            place = mallory.folder / os.urandom(4).hex() / "work"
            return (clone(remote(mallory), place, user="mallory", variables=variables).folder / "small.txt").exists()
        return False

    return asked


def pulls_large_files(mallory: Mallory) -> bool:
    here: Clone = mallory.kept["ssh clone"]  # type: ignore[assignment]
    here.git("lfs", "install", "--local", "--skip-smudge")
    shutil.rmtree(here.folder / ".git" / "lfs", ignore_errors=True)
    with suppress(AssertionError):
        here.git("lfs", "fetch")
        return any((here.folder / ".git" / "lfs" / "objects").rglob(mallory.sha256))
    return False


def by_hf(mallory: Mallory) -> bool:
    home = mallory.folder / os.urandom(4).hex()
    hers = Client(ENVIRONMENTS / "new", home, mallory.url, mallory.token)
    with suppress(AssertionError):
        hers.hf("download", REPO, "small.txt", "plain.bin", "--local-dir", str(home / "out"))
        return (home / "out" / "plain.bin").exists()
    return False


def by_native_client(mallory: Mallory) -> bool:
    ticket, place = mallory.kept["ticket"], mallory.folder / os.urandom(4).hex()
    file = mallory.contents.xet
    order = {"url": ticket["casUrl"], "token": ticket["accessToken"], "path": str(place)}  # type: ignore[index]
    done = subprocess.run(
        [sys.executable, native.__file__, "fetch"],
        input=json.dumps({**order, "hash": file["hash"], "size": file["size"]}),
        env={**os.environ, "HF_XET_CACHE": f"{place}-cache", "HF_HUB_DISABLE_TELEMETRY": "1"},
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    return done.returncode == 0 and any(place.read_bytes())


def by_registry_pass(mallory: Mallory) -> bool:
    shown = {"Authorization": f"Bearer {mallory.kept['registry pass']}"}
    return mallory.ask(f"/v2/{REPO}/manifests/latest", by="header", headers=shown).status_code == 200


def by_pass(mallory: Mallory) -> bool:
    return mallory.batch(**mallory.kept["pass"]).status_code == 200  # type: ignore[arg-type]


def redirected(path: str):
    return lambda mallory: mallory.ask(path.format(mallory=mallory)).status_code in (200, 307)


def duplicates(mallory: Mallory) -> bool:
    copy = {"repository": f"mallory/loot-{os.urandom(4).hex()}"}
    return mallory.ask(f"/api/models/{REPO}/duplicate", "POST", json=copy).status_code == 200


API, LFS = f"/api/models/{REPO}", f"/{REPO}.git/info/lfs"


def upload_pack(mallory: Mallory) -> bool:
    kind = {"Content-Type": "application/x-git-upload-pack-request", "Git-Protocol": "version=2"}
    asked = b"0014command=ls-refs\n0000"
    return mallory.ask(f"/{REPO}/git-upload-pack", "POST", headers=kind, content=asked).status_code == 200


CONTENT = (
    Way("hf download", "token", by_hf),
    Way("resolve", "token", gives(f"/{REPO}/resolve/main/small.txt", SECRET), ("GET /{repo}/resolve/{rev}/{path}",)),
    Way("resolve, a large file", "token", gives(f"/{REPO}/resolve/main/plain.bin")),
    Way("resolve, a range", "token", gives(f"/{REPO}/resolve/main/plain.bin", headers={"Range": "bytes=0-9"})),
    Way("resolve, HEAD", "token", gives(f"/{REPO}/resolve/main/plain.bin", method="HEAD")),
    Way("raw", "token", gives(f"/{REPO}/raw/main/small.txt", SECRET), ("GET /{repo}/raw/{rev}/{path}",)),
    Way("a file's page", "cookie", gives(f"/{REPO}/blob/main/small.txt", SECRET, by="cookie"),
        ("GET /{repo}/blob/{rev}/{path}",)),
    Way("a file's page by token", "token", gives(f"/{REPO}/blob/main/small.txt", SECRET)),
    Way("a commit's page", "cookie", gives(f"/{REPO}/commit/main", SECRET, by="cookie"),
        ("GET /{repo}/commit/{oid}",)),
    Way("who wrote which line", "cookie", gives(f"/{REPO}/blame/main/small.txt", SECRET, by="cookie"),
        ("GET /{repo}/blame/{rev}/{path}",)),
    Way("comparing on a page", "cookie", gives(f"/{REPO}/compare/v0...main", SECRET, by="cookie"),
        ("GET /{repo}/compare/{spec}",)),
    Way("what could be compared", "cookie", gives(f"/{REPO}/compare", by="cookie"), ("GET /{repo}/compare",)),
    Way("comparing", "token", gives(f"{API}/compare/v0...main", SECRET),
        ("GET /api/models/{repo}/compare/{spec}",)),
    Way("a pull request's changes", "token", gives(f"{API}/discussions/{{mallory.contents.pull}}?diff=1", SECRET),
        ("GET /api/models/{repo}/discussions/{num}",)),
    Way("a pull request's page", "cookie",
        gives(f"/{REPO}/discussions/{{mallory.contents.pull}}/files", SECRET, by="cookie"),
        ("GET /{repo}/discussions/{num}/{tab}",)),
    Way("headers of weights", "token", gives(f"{API}/safetensors-metadata/model.safetensors.index.json"),
        ("GET /api/models/{repo}/safetensors-metadata/{path}",)),
    Way("asking whether one may", "token", gives(f"{API}/auth-check"), ("GET /api/models/{repo}/auth-check",)),
    Way("copying", "token", duplicates, ("POST /api/models/{repo}/duplicate",)),
    Way("git clone", "token", clones(lambda m: address(m.url, REPO, m.token)),
        ("GET /{repo}/info/refs", "POST /{repo}/git-upload-pack")),
    Way("git fetch", "token", fetches("http clone")),
    Way("git's own requests", "token", upload_pack),
    Way("git clone by SSH", "key", clones(lambda m: m.visitor.address(REPO), by_ssh=True)),
    Way("git fetch by SSH", "key", fetches("ssh clone")),
    Way("git lfs by SSH", "key", pulls_large_files),
    Way("git-lfs-authenticate", "key", lambda mallory: bool(mallory.pass_header())),
    Way("LFS batch", "token", lambda mallory: mallory.batch().status_code == 200,
        ("POST /{repo}/info/lfs/objects/batch",)),
    Way("LFS batch with an earlier pass", "key", by_pass),
    Way("LFS link", "token", kept_link("lfs link by token"), ("GET /api/lfs/{sha256}/content",)),
    Way("LFS link, the rest of it", "token", kept_link("lfs link by token", Range="bytes=1000-")),
    Way("LFS link of a pass, the rest of it", "key", kept_link("lfs link by pass", Range="bytes=1000-")),
    Way("LFS locks", "token", gives(f"{LFS}/locks"), ("GET /{repo}/info/lfs/locks",)),
    Way("a new Xet ticket", "token", gives(f"{API}/xet-read-token/main"),
        ("GET /api/models/{repo}/xet-read-token/{rev}",)),
    Way("an earlier Xet ticket, native client", "token", by_native_client),
    *(
        Way(f"an earlier Xet ticket, {version}", "token", reconstruction(f"/{version}/reconstructions/{{file}}"),
            (f"GET /xet/{{domain}}/{version}/reconstructions/{{file}}",))
        for version in ("v1", "v2")
    ),
    Way("an earlier Xet ticket, several", "token", reconstruction("/v1/reconstructions?file_id={file}"),
        ("GET /xet/{domain}/v1/reconstructions",)),
    Way("an earlier Xet ticket, several in a body", "token", reconstruction("/v1/reconstructions", "POST"),
        ("POST /xet/{domain}/v1/reconstructions",)),
    Way("a link to chunks, v1", "token", chunk_link("v1"), ("GET /xet/{domain}/v1/fetch/{key}",)),
    Way("a link to chunks, v2", "token", chunk_link("v2")),
    Way("registry, a manifest", "token", gives(f"/v2/{REPO}/manifests/latest"), ("GET /v2/{repo}/manifests/{tag}",)),
    Way("registry, a blob", "token", redirected(f"/v2/{REPO}/blobs/sha256:{{mallory.contents.gguf_sha256}}"),
        ("GET /v2/{repo}/blobs/{digest}",)),
    Way("registry, where a blob led to", "token", kept_link("registry link", Range="bytes=10-")),
    Way("registry, signed in by key", "key", by_registry_pass),
)  # fmt: skip

CARD = (
    Way("the card", "token", gives(f"/{REPO}/resolve/main/README.md", "Song birds")),
    Way("what it is", "token", gives(API, "siblings"), ("GET /api/models/{repo}",)),
    Way("what it was", "token", gives(f"{API}/revision/main", "siblings"), ("GET /api/models/{repo}/revision/{rev}",)),
    Way("its page", "cookie", gives(f"/{REPO}", "Song birds", by="cookie"), ("GET /{repo}",)),
    Way("tree", "token", gives(f"{API}/tree/main", "small.txt"), ("GET /api/models/{repo}/tree/{rev}",)),
    Way("tree of a folder", "token", gives(f"{API}/tree/main/deep", "er.txt"),
        ("GET /api/models/{repo}/tree/{rev}/{path}",)),
    Way("paths-info", "token",
        gives(f"{API}/paths-info/main", "small.txt", method="POST", json={"paths": ["small.txt"]}),
        ("POST /api/models/{repo}/paths-info/{rev}",)),
    Way("refs", "token", gives(f"{API}/refs", "refs/heads/main"), ("GET /api/models/{repo}/refs",)),
    Way("history", "token", gives(f"{API}/commits/main", "title"), ("GET /api/models/{repo}/commits/{rev}",)),
    Way("large files", "token", gives(f"{API}/lfs-files", "plain.bin"), ("GET /api/models/{repo}/lfs-files",)),
    Way("page of files", "cookie", gives(f"/{REPO}/tree/main", "small.txt", by="cookie"), ("GET /{repo}/tree/{rev}",)),
    Way("page of a folder", "cookie", gives(f"/{REPO}/tree/main/deep", "er.txt", by="cookie"),
        ("GET /{repo}/tree/{rev}/{path}",)),
    Way("page of history", "cookie", gives(f"/{REPO}/commits/main", "Begin", by="cookie"),
        ("GET /{repo}/commits/{rev}",)),
    Way("page of a file's history", "cookie", gives(f"/{REPO}/commits/main/small.txt", "Begin", by="cookie"),
        ("GET /{repo}/commits/{rev}/{path}",)),
    Way("feed of history", "token", gives(f"/{REPO}/feeds/commits.atom", "<entry>"),
        ("GET /{repo}/feeds/commits.atom",)),
)  # fmt: skip
"""What a gate leaves readable unless its owner hides it too (`gate_hides`), and a private repository never."""

BESIDE = {
    "GET /{repo}/info/lfs/locks/{rest}": "answers 404 to everybody",
    "POST /{repo}/info/lfs/locks/{rest}": "answers 404 to everybody",
    "GET /xet/{domain}/v1/chunks/default-merkledb/{chunk}": "an uploader asks: who may not read gets 404",
    "GET /xet/{domain}/v1/chunks/default/{chunk}": "an uploader asks: who may not read gets 404",
    "GET /{repo}/discussions": "what people say stays readable where the repository is seen",
    "GET /{repo}/discussions/{num}": "what people say stays readable where the repository is seen",
    "GET /{repo}/feeds/discussions.atom": "what people say stays readable where the repository is seen",
    "GET /api/models/{repo}/discussions": "what people say stays readable where the repository is seen",
    "GET /api/models/{repo}/likers": "tells nothing of what is in it",
    "GET /{repo}/likers": "tells nothing of what is in it",
    "GET /api/datasets/{repo}/croissant": "of datasets: tells what the card and the tree tell, and columns as a file",
    "GET /{repo}/lineage": "a gate that hides the card keeps it from everybody",
    "GET /{repo}/gate": "is the way to ask for access",
    "GET /{repo}/gate/receipt": "is the holder's own, also afterwards",
    "GET /api/models/{repo}/resource-group": "tells nothing of what is in it",
    "GET /api/spaces/{repo}/runtime": "tells nothing of what is in it",
}
"""Routes to a repository that give nothing which a gate keeps."""


def missing(hub: TestHub) -> Iterator[str]:
    """Routes that lead to what a repository holds, and stand neither among the ways nor beside them."""
    templates = {route.path for route in hub.house.routes}
    known = {route for way in (*CONTENT, *CARD) for route in way.routes} | set(BESIDE)
    for route in hub.house.routes:
        name = spelled(route.path, templates)
        leads = "{repo}" in name or name.startswith(("/xet/", "/api/lfs/"))
        if route.needs.name not in {"READ", "CONTENT", "LINK"} or not leads or "/buckets/" in name:
            continue
        brings = name.startswith(("/xet/", "/api/lfs/")) and not _reads(name)
        for method in set(route.methods or ()) - {"HEAD"}:
            if not (brings or method == "PUT") and f"{method} {name}" not in known:
                yield f"{method} {name}"


def _reads(name: str) -> bool:
    return any(word in name for word in ("/reconstructions", "/fetch/", "/chunks/", "/content"))
