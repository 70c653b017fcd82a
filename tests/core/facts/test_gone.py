"""Files whose owner has deleted their content stand in git still: no step fails for them, each says what is left."""

from dataclasses import dataclass

import pytest

from freehold.base.errors import EntryNotFound
from freehold.base.ids import RepoKind
from freehold.core.facts.safety import UNREAD
from freehold.core.facts.steps import STEPS
from tests.core.facts.reader import MemoryReader

NAMES = (
    "model.bin",
    "model.safetensors",
    "model.gguf",
    "model.pt",
    "data.parquet",
    "data.csv",
    "data.jsonl",
    "config.json",
)


@dataclass
class Emptied(MemoryReader):
    """Names every file, and `sooner` or later says that its content is gone."""

    sooner: bool = True

    def file(self, rev, path):
        if self.sooner:
            raise EntryNotFound(f"The content of {path!r} was never uploaded to this repository.")
        return super().file(rev, path)

    def open_bytes(self, rev, path, limit):
        raise EntryNotFound("gone")

    def read_range(self, file, start, stop):
        raise EntryNotFound("gone")


@pytest.mark.parametrize("sooner", [True, False])
@pytest.mark.parametrize("kind", [RepoKind.MODEL, RepoKind.DATASET])
@pytest.mark.parametrize("name", [*NAMES, "all"])
def test_no_step_fails(facts, kind, name, sooner):
    files = dict.fromkeys(NAMES if name == "all" else (name, "README.md"), b"{}" * 20)
    reader = Emptied(files, sooner=sooner).of_kind(kind)
    found = facts.all(reader, reader.revision().commit, STEPS)
    assert found["files"]
    if name in ("model.bin", "model.pt"):
        assert found["safety"]["verdict"] == UNREAD
