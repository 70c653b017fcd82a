"""A CI job publishes with the stock client and no secret: it shows its CI's token, and the hub knows the CI."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.client import Client
from tests.clients.test_device_login import browser_of, send
from tests.kit.issuer import Issuer
from tests.kit.process import HubProcess

pytestmark = pytest.mark.clients


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    hub = HubProcess(tmp_path_factory.mktemp("hub") / "data", outbound_networks="127.0.0.0/8")
    with hub:
        hub.add("alice")
        yield hub


def test_hf_upload_from_a_ci_that_the_owner_trusts(newest: Client, server: HubProcess, tmp_path: Path) -> None:
    newest.hf("repos", "create", "alice/published", "--repo-type", "dataset")
    page = "/datasets/alice/published/settings/publishers"
    (tmp_path / "a.txt").write_text("a")
    with Issuer() as issuer:
        send(browser_of(server, "alice"), page, page, kind="gitlab", issuer=issuer.url, id="42", branch="main")
        token = issuer.token(server.url, project_id="42", ref="main", ref_type="branch")
        job = newest.known_as(None).with_(HF_OIDC_RESOURCE="datasets/alice/published", HF_OIDC_ID_TOKEN=token)
        job.hf("upload", "alice/published", tmp_path / "a.txt", "--repo-type", "dataset")
        with pytest.raises(AssertionError, match="exchanged already"):
            job.hf("upload", "alice/published", tmp_path / "a.txt", "--repo-type", "dataset")
        fresh = job.with_(HF_OIDC_ID_TOKEN=issuer.token(server.url, project_id="42", ref="main", ref_type="branch"))
        with pytest.raises(AssertionError, match="403"):
            fresh.hf("upload", "alice/elsewhere", tmp_path / "a.txt")
    assert newest.hf("download", "alice/published", "a.txt", "--repo-type", "dataset")
