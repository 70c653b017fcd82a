"""llama.cpp's `-hf`: the program itself where it was built (`./dev llama`), and always the requests that it makes."""

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.clients.client import ENVIRONMENTS, Client
from tests.kit.process import HubProcess, free_port
from tests.wire.test_gguf import GOOD

pytestmark = pytest.mark.clients

PROGRAM = shutil.which("llama-server", path=f"{ENVIRONMENTS}/llama/bin:{os.environ['PATH']}")
TOKEN = re.compile(r"hf_[A-Za-z0-9]{34,253}", re.ASCII)
FILES = {"tiny-Q4_K_M.gguf": GOOD, "tiny-Q8_0.gguf": GOOD + b"\0" * 4096}


@pytest.fixture
def model(server: HubProcess, newest: Client, tmp_path: Path) -> str:
    """A private model of which two GGUF files lie behind more files than fit on one page."""
    folder = tmp_path / "model"
    (folder / "parts").mkdir(parents=True)
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    for number in range(1100):
        (folder / "parts" / f"{number}.txt").write_text("x")
    newest.in_(tmp_path / "writer").python(
        """
    from huggingface_hub import HfApi
    HfApi().create_repo("alice/tiny-GGUF", private=True, exist_ok=True)
    HfApi().upload_folder(repo_id="alice/tiny-GGUF", folder_path=sys.argv[1])
    """,
        folder,
    )
    return "alice/tiny-GGUF"


def test_it_gets_what_it_asks_for_on_one_page(server: HubProcess, alice: str, model: str) -> None:
    assert TOKEN.fullmatch(alice), "it would not send this token"
    headers = {"Authorization": f"Bearer {alice}", "User-Agent": "llama-cpp/b11434"}
    with httpx.Client(base_url=server.url, headers=headers) as llama:
        refs = llama.get(f"/api/models/{model}/refs").json()
        commit = next(branch["targetCommit"] for branch in refs["branches"] if branch["name"] == "main")
        assert re.fullmatch(r"[0-9a-f]{40}", commit)
        tree = llama.get(f"/api/models/{model}/tree/{commit}", params={"recursive": "true"}).json()
        found = {entry["path"]: entry for entry in tree if entry["path"].endswith(".gguf")}
        assert set(found) == set(FILES)
        for path, content in FILES.items():
            assert re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", found[path].get("lfs", found[path])["oid"])
            place = f"/{model}/resolve/{commit}/{path}"
            head = llama.head(place)
            assert (head.headers["content-length"], head.headers["accept-ranges"]) == (str(len(content)), "bytes")
            assert head.headers["etag"]
            rest = llama.get(place, headers={"Range": "bytes=100-", "If-Range": head.headers["etag"]})
            assert (rest.status_code, rest.content) == (206, content[100:])


def test_others_turn_pages(server: HubProcess, alice: str, model: str) -> None:
    answer = httpx.get(
        f"{server.url}/api/models/{model}/tree/main?recursive=true", headers={"Authorization": f"Bearer {alice}"}
    )
    assert len(answer.json()) == 1000 and "next" in answer.links


@pytest.mark.skipif(PROGRAM is None, reason="llama.cpp is not built here; ./dev llama builds it")
@pytest.mark.parametrize(("tag", "file"), [("", "tiny-Q4_K_M.gguf"), (":Q8_0", "tiny-Q8_0.gguf")])
def test_the_program_downloads_it(
    server: HubProcess, alice: str, model: str, tmp_path: Path, tag: str, file: str
) -> None:
    home = tmp_path / "home"
    surroundings = {"HOME": str(home), "HF_HOME": str(home / "hf"), "HF_ENDPOINT": server.url, "HF_TOKEN": alice}
    command = [str(PROGRAM), "-hf", f"{model}{tag}", "--host", "127.0.0.1", "--port", str(free_port())]
    # The model is a header and no more, so the program ends after it has fetched it.
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, timeout=60, check=False)
    fetched = list(home.glob(f"hf/hub/models--*/snapshots/*/{file}"))
    assert len(fetched) == 1, done.stderr
    assert hashlib.sha256(fetched[0].read_bytes()).digest() == hashlib.sha256(FILES[file]).digest()
