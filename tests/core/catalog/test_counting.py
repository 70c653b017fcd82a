"""What counts as a download."""

import pytest

from freehold.base.ids import RepoKind
from freehold.core.catalog.counting import is_query_file, is_robot


@pytest.mark.parametrize(
    ("kind", "path", "counts"),
    [
        (RepoKind.MODEL, "config.json", True),
        (RepoKind.MODEL, "adapter_config.json", True),
        (RepoKind.MODEL, "weights/q4.GGUF", True),
        (RepoKind.MODEL, "unet/config.json", False),
        (RepoKind.MODEL, "model-00001-of-00009.safetensors", False),
        (RepoKind.MODEL, "README.md", False),
        (RepoKind.DATASET, "data/train-00000.parquet", True),
        (RepoKind.DATASET, "README.md", False),
        (RepoKind.SPACE, "config.json", False),
    ],
)
def test_the_rule_of_query_files(kind: RepoKind, path: str, counts: bool):
    assert is_query_file(kind, path) is counts


def test_a_robot_says_so():
    assert is_robot("Mozilla/5.0 (compatible; SomeBot/2.1)")
    assert not is_robot("transformers/5.0; hf_hub/2.4.0; python/3.11; torch/2.13; robotics/1")
