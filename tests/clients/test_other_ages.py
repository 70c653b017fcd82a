"""Clients of other ages, and the newest one without Xet: they upload and download by LFS."""

import hashlib
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.client import Client

pytestmark = pytest.mark.clients

ROUND_TRIP = """
    import hashlib
    from huggingface_hub import HfApi, hf_hub_download
    from huggingface_hub.utils import EntryNotFoundError, RepositoryNotFoundError, RevisionNotFoundError

    repo, folder = sys.argv[1:]
    api = HfApi()
    api.create_repo(repo, private=True)
    api.upload_folder(repo_id=repo, folder_path=folder, commit_message="All at once")
    api.upload_file(repo_id=repo, path_or_fileobj=b"more", path_in_repo="more.txt")
    api.delete_file("small.txt", repo)

    def fetch(name, **options):
        return hashlib.sha256(Path(hf_hub_download(repo, name, **options)).read_bytes()).hexdigest()

    def refused(error, *call, **options):
        try:
            hf_hub_download(*call, **options)
        except error:
            return True

    answer({
        "files": sorted(api.list_repo_files(repo)),
        "large": fetch("large.bin"),
        "small": fetch("small.txt", revision=api.list_repo_commits(repo)[1].commit_id),
        "titles": [commit.title for commit in api.list_repo_commits(repo)],
        "private": api.model_info(repo).private,
        "refused": [
            refused(EntryNotFoundError, repo, "absent.txt"),
            refused(RevisionNotFoundError, repo, "large.bin", revision="absent"),
            refused(RepositoryNotFoundError, repo + "-absent", "large.bin"),
            refused(RepositoryNotFoundError, repo, "large.bin", token=False, cache_dir="elsewhere"),
        ],
    })
"""

AGES = {
    "huggingface_hub 0.30.2": ("h030", {}),
    "huggingface_hub 1.19.0": ("h119", {}),
    "huggingface_hub 1.19.0 without xet": ("h119", {"HF_HUB_DISABLE_XET": "1"}),
    "huggingface_hub 2.4.0": ("new", {}),
    "huggingface_hub 2.4.0 without xet": ("new", {"HF_HUB_DISABLE_XET": "1"}),
}


@pytest.mark.parametrize("age", AGES)
def test_a_repository_is_filled_read_and_guarded(age: str, client_of: Callable[[str], Client], tmp_path: Path) -> None:
    environment, variables = AGES[age]
    folder = tmp_path / "files"
    folder.mkdir()
    large = random.Random(3).randbytes(30_000_000)
    (folder / "large.bin").write_bytes(large)
    (folder / "small.txt").write_text("small\n")
    repo = f"alice/{age.replace(' ', '-')}"

    seen = client_of(environment).with_(**variables).python(ROUND_TRIP, repo, folder)

    assert seen["files"] == [".gitattributes", "large.bin", "more.txt"]
    assert seen["large"] == hashlib.sha256(large).hexdigest()
    assert seen["small"] == hashlib.sha256(b"small\n").hexdigest()
    assert seen["titles"][2] == "All at once"
    assert seen["private"] is True
    assert seen["refused"] == [True] * 4


def test_what_one_age_pushes_every_other_reads(client_of: Callable[[str], Client], tmp_path: Path) -> None:
    content = random.Random(4).randbytes(12_000_000)
    (tmp_path / "weights.bin").write_bytes(content)
    ages = list(AGES.values())
    for number, (environment, variables) in enumerate(ages):
        writer = client_of(environment).with_(**variables).in_(tmp_path / f"writer-{number}")
        writer.python(
            """
        from huggingface_hub import HfApi
        HfApi().create_repo(sys.argv[1])
        HfApi().upload_file(repo_id=sys.argv[1], path_or_fileobj=sys.argv[2], path_in_repo="weights.bin")
        """,
            f"alice/from-{number}",
            tmp_path / "weights.bin",
        )
    for reader_number, (environment, variables) in enumerate(ages):
        reader = client_of(environment).with_(**variables).in_(tmp_path / f"reader-{reader_number}")
        digests = reader.python(
            """
        import hashlib
        from huggingface_hub import hf_hub_download
        answer([
            hashlib.sha256(Path(hf_hub_download(f"alice/from-{number}", "weights.bin")).read_bytes()).hexdigest()
            for number in range(int(sys.argv[1]))
        ])
        """,
            len(ages),
        )
        assert digests == [hashlib.sha256(content).hexdigest()] * len(ages)
