"""A folder with many files, large and small, nested and empty."""

import hashlib
import random
from pathlib import Path

import pytest

from tests.clients.client import Client

pytestmark = pytest.mark.clients

DIGESTS = """
    import hashlib
    def digests(folder):
        return {
            file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in sorted(folder.rglob("*")) if file.is_file() and ".cache" not in file.parts
        }
"""


def fill(folder: Path, files: int) -> dict[str, str]:
    """Write `files` files of 0 to 4 kB in nested folders, every fiftieth a binary one; return their digests."""
    chance = random.Random(2)
    digests = {}
    for number in range(files):
        kind = "bin" if number % 50 == 0 else "txt"
        path = f"part-{number % 20:02d}/{number // 100}/file {number} é.{kind}"
        content = chance.randbytes(chance.randrange(4096)) if number % 97 else b""
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
        digests[path] = hashlib.sha256(content).hexdigest()
    return digests


def test_two_thousand_files_go_up_and_come_back(newest: Client, tmp_path: Path) -> None:
    expected = fill(tmp_path / "many", 2000)
    newest.python(
        """
    from huggingface_hub import HfApi
    api = HfApi()
    api.create_repo("alice/many", repo_type="dataset")
    api.upload_folder(repo_id="alice/many", repo_type="dataset", folder_path=sys.argv[1])
    """,
        tmp_path / "many",
    )
    listed, back = newest.python(
        DIGESTS
        + """
    from huggingface_hub import HfApi, snapshot_download
    listed = HfApi().list_repo_files("alice/many", repo_type="dataset")
    answer([listed, digests(Path(snapshot_download("alice/many", repo_type="dataset", local_dir=sys.argv[1])))])
    """,
        tmp_path / "back",
    )
    assert set(listed) == {*expected, ".gitattributes"}
    back.pop(".gitattributes")
    assert back == expected
