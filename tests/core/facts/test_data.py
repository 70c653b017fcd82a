"""What a dataset holds is told by its files."""

import json

import pytest

from freehold.base.ids import RepoKind
from freehold.core.facts.data import size_category
from tests.core.facts.reader import MemoryReader


def tags(facts, files, prefixes=("format:", "modality:", "size_categories:", "library:")):
    reader = MemoryReader(files).of_kind(RepoKind.DATASET)
    found = facts.all(reader, reader.revision().commit)["tags"]["tags"]
    return [tag for tag in found if tag.startswith(prefixes)]


SONGS = b"bird,song,length,pitch\n" + b"wren,trill,3,880.5\n" * 20


def test_a_table_of_text_and_numbers(facts):
    assert tags(facts, {"songs.csv": SONGS}) == [
        "size_categories:n<1K", "format:csv", "modality:tabular", "modality:text",
        "library:datasets", "library:pandas", "library:mlcroissant", "library:polars",
    ]  # fmt: skip


def test_rows_are_counted_and_what_is_long_is_guessed_the_same_each_time(facts):
    reader = MemoryReader({"train.jsonl": b'{"text": "tweet", "n": 1}\n' * 200_000}).of_kind(RepoKind.DATASET)
    found = facts.get(reader, reader.revision().commit, "data")
    assert found["size_category"] == "100K<n<1M"
    assert abs(found["rows"] - 200_000) < 100
    assert not found["exact"]
    facts.forget(reader.repo.id)
    assert facts.get(reader, reader.revision().commit, "data") == found
    assert found["modalities"] == ["text"]


def test_a_json_array_and_several_files(facts):
    files = {f"part-{n}.json": json.dumps([{"a": 1}] * 600).encode() for n in range(2)}
    found = tags(facts, files)
    assert found[:2] == ["size_categories:1K<n<10K", "format:json"]
    assert "library:dask" in found


def test_pictures_in_folders_with_their_notes(facts):
    files = {f"train/wren/{n}.jpg": b"" for n in range(3)} | {
        "metadata.csv": SONGS,
        ".gitattributes": b"",
        "LICENSE.txt": b"",
    }
    assert tags(facts, files) == ["size_categories:n<1K", "format:imagefolder", "modality:image", "library:datasets"]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"a.wav": b""}, ["size_categories:n<1K", "format:audiofolder", "modality:audio", "library:datasets"]),
        ({"a.tar": b""}, ["format:webdataset", "library:datasets", "library:webdataset"]),
        ({"a.glb": b""}, ["modality:3d"]),
        ({"README.md": b"---\nsize_categories: 1B<n<10B\n---\n", "a.csv": SONGS}, ["size_categories:1B<n<10B"]),
        ({"README.md": b"# Nothing"}, []),
        (
            {"x.parquet": b"PAR1junkPAR1"},
            ["format:parquet", "library:datasets", "library:pandas", "library:mlcroissant", "library:polars"],
        ),
        ({"x.json": b"[" * 5000, "y.json": b'{"a": ' * 5000}, ["size_categories:n<1K", "format:json"]),
    ],
)
def test_kinds_of_files(facts, files, expected):
    assert tags(facts, files)[: len(expected)] == expected
    assert bool(expected) == bool(tags(facts, files))


def test_what_the_card_declares_is_believed(facts):
    card = b"""---
dataset_info:
  features:
  - {name: picture, dtype: image}
  - {name: label, dtype: {class_label: {names: [a]}}}
  - {name: caption, dtype: string}
  splits:
  - {name: train, num_examples: 2000000}
  - {name: test, num_examples: 10}
---
"""
    assert tags(facts, {"README.md": card, "a.parquet": b"junk"}) == [
        "size_categories:1M<n<10M", "format:parquet", "modality:image", "modality:text",
        "library:datasets", "library:pandas", "library:mlcroissant", "library:polars",
    ]  # fmt: skip


@pytest.mark.parametrize(("rows", "word"), [(0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (10**12, "n>1T")])
def test_sizes_are_spelled_as_the_hub_spells_them(rows, word):
    assert size_category(rows) == word
