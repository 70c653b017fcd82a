"""Downloads by the unmodified client, counted."""

import pytest

from tests.clients.client import Client

pytestmark = pytest.mark.clients


def test_what_the_client_downloads_is_counted_once(newest: Client) -> None:
    seen = newest.python(
        """
    import time
    from huggingface_hub import CommitOperationAdd, HfApi, hf_hub_download, snapshot_download
    api = HfApi()
    api.create_repo("alice/counted")
    files = {"config.json": b"{}", "model.safetensors": b"weights"}
    api.create_commit("alice/counted", [CommitOperationAdd(*one) for one in files.items()], commit_message="put")
    before = api.model_info("alice/counted").downloads
    snapshot_download("alice/counted")
    hf_hub_download("alice/counted", "config.json", force_download=True)
    api.file_exists("alice/counted", "config.json")
    for _ in range(100):
        time.sleep(0.2)
        after = api.model_info("alice/counted", expand=["downloads", "downloadsAllTime", "trendingScore"])
        if after.downloads: break
    answer([before, after.downloads, after.downloads_all_time, after.trending_score,
            [one.downloads for one in api.list_models(sort="downloads", author="alice", search="counted")]])
        """
    )
    assert seen == [0, 1, 1, 0, [1]]
