"""The example hub serves unmodified clients as any hub does."""

import pytest

from tests.clients.client import ENVIRONMENTS, Client

pytestmark = pytest.mark.clients


def test_the_stock_client_loads_a_model_of_the_demo(demo, tmp_path):
    with demo.serve() as url:
        client = Client(ENVIRONMENTS / "new", tmp_path / "home", url)
        found = client.python(
            """
            from huggingface_hub import hf_hub_download, list_models, snapshot_download
            from safetensors.numpy import load_file
            folder = Path(snapshot_download("aviary/letters-en"))
            weight = load_file(folder / "model.safetensors")["bigram.weight"]
            data = Path(hf_hub_download("fieldnotes/sentences", "data/test.csv", repo_type="dataset"))
            models = sorted(one.id for one in list_models(author="aviary"))
            answer([list(weight.shape), models, len(data.read_text().splitlines())])
            """
        )
    shape, models, lines = found
    assert shape == [64, 64]
    assert "aviary/which-language" in models
    assert lines > 20
