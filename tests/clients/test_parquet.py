"""What pyarrow writes is shown as pyarrow reads it: types, lists, dictionaries, codecs, both kinds of pages."""

import json
import subprocess
from pathlib import Path

import pytest

from freehold.wire.parquet.footer import read_footer
from freehold.wire.parquet.rows import first_rows
from tests.clients.client import ENVIRONMENTS

pytestmark = pytest.mark.clients

WRITE = """
import datetime as t, decimal, json, sys
import pyarrow as pa, pyarrow.parquet as pq
n = 300
table = pa.table({
  "id": pa.array(range(n), pa.int64()), "name": [None if i % 7 == 0 else f"bird {i} ä" for i in range(n)],
  "ok": [i % 2 == 0 if i % 5 else None for i in range(n)], "w": pa.array([i / 4 for i in range(n)], pa.float32()),
  "tags": [["a", None] if i % 3 == 0 else ([] if i % 3 == 1 else None) for i in range(n)],
  "file": [{"bytes": b"\\x89PNG\\0" + bytes([i % 256]), "path": f"{i}.png"} for i in range(n)],
  "day": [t.date(2020, 1, 1) + t.timedelta(i) for i in range(n)],
  "at": pa.array([t.datetime(2020, 1, 1, 1, 2, 3) + t.timedelta(i) for i in range(n)], pa.timestamp("ms")),
  "cost": [decimal.Decimal("1.25") * i for i in range(n)],
  "most": pa.array([2**64 - 1 - i for i in range(n)], pa.uint64()),
  "half": pa.array([i / 2 for i in range(n)], pa.float16()),
  "kind": pa.array(["x", "y", "z"] * 100).dictionary_encode()})
for codec in ("none", "snappy", "gzip", "zstd", "brotli", "lz4"):
    for version in ("1.0", "2.0"):
        pq.write_table(table, f"{sys.argv[1]}/{codec}-{version}.parquet", compression=codec, data_page_version=version,
                       row_group_size=200)
print(json.dumps(table.slice(0, 100).drop(["file"]).to_pydict(), default=str))
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> tuple[Path, dict[str, list[object]]]:
    folder = tmp_path_factory.mktemp("parquet")
    python = ENVIRONMENTS / "new" / "bin" / "python"
    done = subprocess.run([python, "-c", WRITE, folder], capture_output=True, text=True, check=True)
    return folder, json.loads(done.stdout)


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("codec", ["none", "snappy", "gzip", "zstd", "brotli", "lz4"])
def test_the_first_rows_are_those_that_pyarrow_wrote(written, codec, version):
    folder, expected = written
    raw = (folder / f"{codec}-{version}.parquet").read_bytes()
    footer = read_footer(lambda start, stop: raw[start:stop], len(raw))
    found = first_rows(footer, lambda start, stop: raw[start:stop], 50, 100)
    columns = {column.name.removesuffix("[]"): values for column, values in zip(footer.columns, found, strict=True)}
    assert (footer.rows, footer.groups) == (300, 2)
    for name, values in expected.items():
        assert columns[name] == values, name
    assert columns["file.path"] == [f"{number}.png" for number in range(100)]
    assert set(columns["file.bytes"]) == {"6 bytes"}
