"""git beside the Hub's own client: what one uploads, the other has."""

import hashlib
import os
from pathlib import Path

import pytest

from tests.clients.client import Client
from tests.kit.gitclient import address, clone
from tests.kit.process import HubProcess

pytestmark = pytest.mark.clients


def test_what_git_pushes_hf_downloads_and_back(newest: Client, server: HubProcess, alice: str, tmp_path: Path) -> None:
    large = os.urandom(3_000_000)
    (tmp_path / "by-hf.bin").write_bytes(large)
    newest.python(
        """
    from huggingface_hub import HfApi
    HfApi().create_repo("alice/both")
    HfApi().upload_file(repo_id="alice/both", path_or_fileobj=sys.argv[1], path_in_repo="by-hf.bin")
    """,
        tmp_path / "by-hf.bin",
    )
    here = clone(address(server.url, "alice/both", alice), tmp_path / "clones" / "work")
    here.git("lfs", "install", "--local")
    here.git("lfs", "pull")
    assert (here.folder / "by-hf.bin").read_bytes() == large
    here.git("lfs", "track", "*.weights")
    here.commit({"by-git.txt": "hello\n", "by-git.weights": large[::-1]})
    here.git("push")
    found = newest.python(
        """
    import hashlib
    from huggingface_hub import snapshot_download
    folder = Path(snapshot_download("alice/both"))
    answer({file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()})
    """
    )
    names = ("by-hf.bin", "by-git.txt", "by-git.weights")
    assert {name: found[name] for name in names} == {
        name: hashlib.sha256((here.folder / name).read_bytes()).hexdigest() for name in names
    }
