"""A hub behind nginx, below a path, for the unmodified client: every address it is told is one it can reach."""

import hashlib
import os
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

from tests.clients.client import Client
from tests.kit.nginx import nginx
from tests.kit.process import HubProcess

PREFIX = "/tools/hub"
SIZE = 9_000_000


@dataclass(frozen=True)
class Site:
    """The hub as people reach it, and as it would be reached without the proxy."""

    url: str
    hub: HubProcess
    token: str

    @property
    def client(self) -> httpx.Client:
        """alice, by hand."""
        return httpx.Client(headers={"Authorization": f"Bearer {self.token}"}, timeout=60)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """When its tests are done, every byte that the hub keeps must match every other."""
    folder = tmp_path_factory.mktemp("site")
    with HubProcess(folder / "data", trusted_proxies="127.0.0.1") as hub, nginx(folder / "n", hub.port, PREFIX) as url:
        hub.add("alice")
        yield Site(url, hub, hub.token("alice"))
        assert hub.faults() == []


def test_every_address_that_it_tells_is_below_the_prefix(site: Site) -> None:
    with site.client as alice:
        made = alice.post(f"{site.url}/api/repos/create", json={"name": "birds"})
        assert made.json()["url"] == f"{site.url}/alice/birds"
        assert alice.post(f"{site.url}/api/repos/create", json={"name": "birds"}).json()["url"] == made.json()["url"]
        alice.post(f"{site.url}/api/repos/create", json={"name": "owls"})

        page = alice.get(f"{site.url}/api/models", params={"limit": 1})
        second = alice.get(page.links["next"]["url"])
        assert page.links["next"]["url"].startswith(f"{site.url}/api/models?")
        assert {page.json()[0]["id"], second.json()[0]["id"]} == {"alice/birds", "alice/owls"}

        token = alice.get(f"{site.url}/api/models/alice/birds/xet-read-token/main")
        assert token.headers["X-Xet-Cas-Url"].startswith(f"{site.url}/xet/")

        batch = {"operation": "upload", "objects": [{"oid": "ab" * 32, "size": 5}]}
        lfs = alice.post(f"{site.url}/alice/birds.git/info/lfs/objects/batch", json=batch)
        assert lfs.json()["objects"][0]["actions"]["upload"]["href"].startswith(f"{site.url}/api/lfs/")


def test_an_encoded_revision_comes_through_and_a_moved_repository_leads_on(site: Site) -> None:
    with site.client as alice:
        alice.post(f"{site.url}/api/repos/create", json={"name": "old"})
        assert alice.get(f"{site.url}/api/models/alice/old/revision/refs%2Fheads%2Fmain").status_code == 200
        alice.post(f"{site.url}/api/repos/move", json={"fromRepo": "alice/old", "toRepo": "alice/new"})
        moved = alice.get(f"{site.url}/api/models/alice/old/tree/refs%2Fheads%2Fmain?recursive=true")
        assert moved.status_code == 307
        there = urljoin(str(moved.url), moved.headers["Location"])
        assert there == f"{site.url}/api/models/alice/new/tree/refs%2Fheads%2Fmain?recursive=true"
        assert alice.get(there).status_code == 200


def test_pages_lead_nowhere_but_below_the_prefix(site: Site) -> None:
    with site.client as alice:
        alice.post(f"{site.url}/api/repos/create", json={"name": "seen"})
        for page in ("", "/alice/seen", "/alice/seen/tree/main", "/login"):
            answer = alice.get(f"{site.url}{page}", headers={"Accept": "text/html"}, follow_redirects=True)
            assert answer.status_code == 200
            led_to = re.findall(r'(?:href|src|action)="(/[^"]*)"', answer.text)
            assert led_to
            assert [path for path in led_to if not path.startswith((f"{PREFIX}/", "//"))] in ([], [PREFIX])


def test_who_reaches_the_hub_directly_is_not_believed_about_the_address(tmp_path: Path) -> None:
    with HubProcess(tmp_path / "data") as hub:
        hub.add("alice")
        headers = {"Authorization": f"Bearer {hub.token('alice')}", "X-Forwarded-Host": "evil.example"}
        answer = httpx.post(f"{hub.url}/api/repos/create", json={"name": "birds"}, headers=headers)
        assert answer.json()["url"] == f"{hub.url}/alice/birds"


ROUND_TRIP = """
    import hashlib
    from huggingface_hub import HfApi, hf_hub_download, snapshot_download

    api = HfApi()
    print(api.create_repo("alice/journey", exist_ok=True))
    print(api.create_repo("alice/journey", exist_ok=True))
    api.upload_folder(repo_id="alice/journey", folder_path=sys.argv[1])
    pull = api.upload_file(
        repo_id="alice/journey", path_or_fileobj=b"proposed", path_in_repo="p.txt", create_pr=True
    )
    proposed = Path(hf_hub_download("alice/journey", "p.txt", revision="refs/pr/1")).read_text()
    alone = hf_hub_download("alice/journey", "long.bin")
    folder = snapshot_download("alice/journey", local_dir=sys.argv[2])
    answer({
        "proposed": proposed,
        "pull": str(pull.pr_url),
        "files": sorted(api.list_repo_files("alice/journey")),
        "digests": [hashlib.sha256(Path(path).read_bytes()).hexdigest() for path in (alone, f"{folder}/long.bin")],
    })
"""


@pytest.mark.clients
@pytest.mark.parametrize("variables", [{}, {"HF_HUB_DISABLE_XET": "1"}], ids=["xet", "lfs"])
def test_the_unmodified_client_goes_there_and_back(site: Site, variables: dict[str, str], tmp_path: Path) -> None:
    content = random.Random(len(variables)).randbytes(SIZE)
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "long.bin").write_bytes(content)
    (tmp_path / "model" / "README.md").write_text("---\nlicense: mit\n---\n# a journey\n")
    environment = Path(os.environ.get("FREEHOLD_CLIENTS", Path(__file__).parents[2] / ".env-clients")) / "new"
    client = Client(environment, tmp_path / "home", site.url, site.token).with_(**variables)
    with site.client as alice:
        alice.request("DELETE", f"{site.url}/api/repos/delete", json={"name": "journey"})
    said = client.python(ROUND_TRIP, tmp_path / "model", tmp_path / "copy")
    assert said["digests"] == [hashlib.sha256(content).hexdigest()] * 2
    assert said["files"] == [".gitattributes", "README.md", "long.bin"]
    assert (said["proposed"], said["pull"]) == ("proposed", f"{site.url}/alice/journey/discussions/1")
