"""A repository of GGUF files as Ollama sees it: its documented requests, replayed (its program is in no registry)."""

import hashlib
import json
import re
from base64 import b64encode
from urllib.parse import urlencode, urljoin, urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from freehold.app import assemble
from freehold.core.repos.requests import AddFile, AddLarge, CommitRequest
from tests.kit.builders import a_model
from tests.kit.live import live
from tests.kit.process import free_port
from tests.protocols.lfs.talk import upload
from tests.wire.test_gguf import GOOD

ACCEPT = {"Accept": "application/vnd.docker.distribution.manifest.v2+json"}
FILES = {
    "m-Q4_K_M.gguf": GOOD + b"\0" * 100_000,
    "m-Q8_0.gguf": GOOD + b"\0" * 200_000,
    "mmproj-m-F16.gguf": GOOD + b"\0" * 50_000,
}
BESIDE = {"template": b"{{ .Prompt }}", "params": b'{"stop": ["x"]}', "system": b"Be brief.", "README.md": b"# m"}


def a_gguf_model(hub, name: str, visibility: str = "public", files=FILES, beside=BESIDE):
    repo = a_model(hub, name, visibility=visibility)
    owner = "alice"
    for content in files.values():
        assert upload(hub.client(owner), hub.client(), name, content).status_code == 200
    large = [AddLarge(path, hashlib.sha256(one).hexdigest(), len(one)) for path, one in files.items()]
    small = [AddFile(path, one) for path, one in beside.items()]
    hub.rooms.repos.writer(hub.actor(owner), repo).commit("main", CommitRequest("Models", operations=[*large, *small]))
    return repo


class Ollama:
    """What `ollama pull` asks for, one after another. `headers` carry its credentials, where it has some."""

    def __init__(self, url: str, **headers: str) -> None:
        self.url, self.headers = url, headers

    def manifest(self, name: str, tag: str) -> dict:
        answer = httpx.get(f"{self.url}/v2/{name}/manifests/{tag}", headers=ACCEPT | self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def pull(self, name: str, tag: str) -> dict[str, bytes]:
        manifest = self.manifest(name, tag)
        layers = [*manifest["layers"], manifest["config"]]
        return {layer["mediaType"].rpartition(".")[2]: self.blob(name, layer) for layer in layers}

    def blob(self, name: str, layer: dict) -> bytes:
        """Its length, then where to fetch it from, then its parts from there, without credentials."""
        place = f"{self.url}/v2/{name}/blobs/{layer['digest']}"
        size = int(httpx.head(place, headers=self.headers, follow_redirects=True).headers["content-length"])
        assert size == layer["size"]
        direct, half = self._direct(place), size // 2
        parts = [httpx.get(direct, headers={"Range": f"bytes={a}-{b - 1}"}) for a, b in ((0, half), (half, size))]
        assert [part.status_code for part in parts] == [206, 206], parts[0].text
        content = b"".join(part.content for part in parts)
        assert "sha256:" + hashlib.sha256(content).hexdigest() == layer["digest"]
        return content

    def _direct(self, place: str) -> str:
        """The first address of another host name that it is led to; else the blob's own."""
        at = place
        for _ in range(10):
            answer = httpx.get(at, headers=self.headers)
            if answer.status_code == 200:
                return place
            assert answer.status_code in (302, 307), answer.text
            at = urljoin(at, answer.headers["location"])
            if urlsplit(at).hostname != urlsplit(place).hostname:
                return at
        raise AssertionError("led in circles")


@pytest.fixture
def url(hub):
    with hub.serve() as address:
        yield address


def test_a_public_model_is_pulled_with_all_that_belongs_to_it(hub, url):
    a_gguf_model(hub, "alice/m")
    pulled = Ollama(url).pull("alice/m", "Q8_0")
    config = json.loads(pulled.pop("v1+json"))
    assert pulled == {
        "model": FILES["m-Q8_0.gguf"], "projector": FILES["mmproj-m-F16.gguf"], "template": BESIDE["template"],
        "params": BESIDE["params"], "system": BESIDE["system"],
    }  # fmt: skip
    assert (config["model_format"], config["model_family"], config["file_type"]) == ("gguf", "llama", "Q8_0")


@pytest.mark.parametrize(("tag", "path"), [("latest", "m-Q4_K_M.gguf"), ("q8_0", "m-Q8_0.gguf")])
def test_tags_are_quantisations_and_latest(hub, url, tag, path):
    a_gguf_model(hub, "alice/m")
    layers = Ollama(url).manifest("alice/m", tag)["layers"]
    assert layers[0] == {
        "mediaType": "application/vnd.ollama.image.model",
        "digest": "sha256:" + hashlib.sha256(FILES[path]).hexdigest(),
        "size": len(FILES[path]),
    }


def test_a_private_model_is_asked_for_with_a_challenge_and_led_to_a_signed_link(hub, url):
    a_gguf_model(hub, "alice/m", "private")
    for name in ("alice/m", "alice/none"):
        stranger = httpx.get(f"{url}/v2/{name}/manifests/latest", headers=ACCEPT)
        assert stranger.status_code == 401
        assert stranger.headers["www-authenticate"] == (
            f'Bearer realm="{url}/v2/token",service="{urlsplit(url).netloc}",scope="repository:{name}:pull"'
        )
    basic = httpx.get(f"{url}/v2/token", auth=("alice", hub.token("alice")))
    bearer = {"Authorization": f"Bearer {basic.json()['token']}"}
    digest = Ollama(url, **bearer).manifest("alice/m", "latest")["layers"][0]["digest"]
    led = httpx.get(f"{url}/v2/alice/m/blobs/{digest}", headers=bearer)
    assert led.status_code == 307
    part = httpx.get(led.headers["location"], headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.content) == (206, FILES["m-Q4_K_M.gguf"][5:10])
    assert httpx.get(f"{url}/v2/alice/m/blobs/{digest}", headers={"Range": "bytes=5-9"}).status_code == 401


PORT = free_port()


@pytest.mark.parametrize("hub", [{"second_url": f"http://localhost:{PORT}/"}], indirect=True)
def test_with_a_second_host_name_ollama_gets_a_private_model(hub):
    a_gguf_model(hub, "alice/m", "private", beside={})
    with live(assemble(hub.rooms).app, port=PORT) as url:
        ollama = Ollama(url, Authorization=f"Bearer {hub.token('alice')}")
        model, projector = ollama.manifest("alice/m", "Q8_0")["layers"]
        assert ollama.blob("alice/m", model) == FILES["m-Q8_0.gguf"]
        assert ollama.blob("alice/m", projector) == FILES["mmproj-m-F16.gguf"]


def test_what_is_not_there_is_said_with_what_is(hub, url):
    a_gguf_model(hub, "alice/m")
    a_model(hub, "alice/empty")
    missing = httpx.get(f"{url}/v2/alice/m/manifests/Q5_K_M")
    assert missing.status_code == 404 and "It has: Q4_K_M, Q8_0" in missing.json()["errors"][0]["message"]
    assert httpx.get(f"{url}/v2/alice/empty/manifests/latest").status_code == 404
    for digest in ("sha256:" + "ab" * 32, "sha256:xy", "md5:1"):
        assert httpx.get(f"{url}/v2/alice/m/blobs/{digest}").status_code == 404


def test_a_blob_is_had_only_where_it_is_held(hub, url):
    a_gguf_model(hub, "alice/secret", "private")
    a_model(hub, "mallory/evil")
    digest = hashlib.sha256(FILES["m-Q8_0.gguf"]).hexdigest()
    headers = {"Authorization": f"Bearer {hub.token('mallory')}"}
    for name in ("mallory/evil", "alice/secret"):
        assert httpx.get(f"{url}/v2/{name}/blobs/sha256:{digest}", headers=headers).status_code == 404


def test_small_layers_are_made_again_by_a_process_that_never_said_them(hub, url):
    a_gguf_model(hub, "alice/m")
    digest = Ollama(url).manifest("alice/m", "Q8_0")["config"]["digest"]
    with hub.serve() as another:
        assert httpx.get(f"{another}/v2/alice/m/blobs/{digest}").status_code == 200


def test_a_moved_model_leads_on(hub, url):
    a_gguf_model(hub, "alice/m")
    hub.client("alice").post("/api/repos/move", json={"fromRepo": "alice/m", "toRepo": "alice/n", "type": "model"})
    moved = httpx.get(f"{url}/v2/alice/m/manifests/latest")
    assert (moved.status_code, moved.headers["location"]) == (307, "/v2/alice/n/manifests/latest")


def test_a_gated_model_tells_nothing_of_its_layers(hub, url):
    repo = a_gguf_model(hub, "alice/m")
    hub.rooms.repos.admin(hub.actor("alice"), repo).update(gated="manual")
    carol = {"Authorization": f"Bearer {hub.token('carol')}"}
    assert httpx.get(f"{url}/v2/alice/m/manifests/latest", headers=carol).status_code == 403
    assert httpx.get(f"{url}/v2/alice/m/manifests/latest").status_code == 401


class Signer:
    """The key that Ollama makes for itself, and how it signs (its `auth` and `server/auth.go`)."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()
        self.line = self._key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()

    def token(self, challenge: str, seconds: int) -> httpx.Response:
        """Ask for the token that a challenge offers, at this moment of Ollama's clock."""
        said = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
        query = {"nonce": "Zm9v", "scope": said["scope"], "service": said["service"], "ts": str(seconds)}
        place = f"{said['realm']}?{urlencode(query)}"
        nothing = b64encode(hashlib.sha256(b"").hexdigest().encode()).decode()
        signature = b64encode(self._key.sign(f"GET,{place},{nothing}".encode())).decode()
        return httpx.get(place, headers={"Authorization": f"{self.line.split()[1]}:{signature}"})


def challenged(url: str, name: str) -> str:
    return httpx.get(f"{url}/v2/{name}/manifests/latest", headers=ACCEPT).headers["www-authenticate"]


def test_ollama_signs_in_with_its_own_key_once_it_is_registered(hub, url):
    a_gguf_model(hub, "alice/m", "private")
    a_gguf_model(hub, "alice/other", "private")
    signer, moment = Signer(), hub.clock() // 1_000_000
    assert signer.token(challenged(url, "alice/m"), moment).status_code == 401
    alice = hub.actor("alice")
    key = hub.rooms.keys.add(alice, alice.account_id, "ollama", signer.line, "read")
    token = signer.token(challenged(url, "alice/m"), moment).json()["token"]
    ollama = Ollama(url, Authorization=f"Bearer {token}")
    digest = ollama.manifest("alice/m", "latest")["layers"][0]["digest"]
    assert httpx.get(f"{url}/v2/alice/m/blobs/{digest}", headers=ollama.headers).status_code == 307

    for elsewhere in ("v2/alice/other/manifests/latest", "api/models/alice/m", "alice/m/resolve/main/template"):
        assert httpx.get(f"{url}/{elsewhere}", headers=ollama.headers).status_code == 401
    hub.rooms.keys.remove(alice, alice.account_id, key.id)
    assert httpx.get(f"{url}/v2/alice/m/manifests/latest", headers=ollama.headers).status_code == 401


def test_a_signature_counts_for_a_moment_and_for_what_it_signed(hub, url):
    a_gguf_model(hub, "alice/m", "private")
    signer, moment = Signer(), hub.clock() // 1_000_000
    alice = hub.actor("alice")
    hub.rooms.keys.add(alice, alice.account_id, "ollama", signer.line)
    challenge = challenged(url, "alice/m")
    for late in (moment - 400, moment + 400):
        assert signer.token(challenge, late).status_code == 401
    good = signer.token(challenge, moment).request
    for old, new in (("alice%2Fm", "alice%2Fx"), ("nonce=Zm9v", "nonce=Zm8v"), ("%3Apull", "%3Apush")):
        changed = str(good.url).replace(old, new)
        assert changed != str(good.url)
        assert httpx.get(changed, headers=good.headers).status_code == 401
    for header in (":", "AAAA:AAAA", f"{signer.line.split()[1]}:", f"{signer.line.split()[1]}:AAAA"):
        assert httpx.get(str(good.url), headers={"Authorization": header}).status_code == 401
