"""Files say whether loading them can run code; nothing of them is loaded, and any bytes get a verdict."""

import io
import json
import pickle
import zipfile
from collections import OrderedDict

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from freehold.base.ids import RepoKind
from freehold.core.facts import safety
from freehold.core.facts.facts import Facts
from freehold.core.facts.imports import verdict_of
from freehold.core.facts.safety import CODE, NO_CODE, PICKLED, SUSPICIOUS, UNREAD, VERDICTS
from freehold.core.facts.subject import Subject
from freehold.stores.db.database import Database
from tests.core.facts.reader import MemoryReader


class Run:
    def __reduce__(self):
        return print, ("caught",)


class Own:
    pass


def archive(compression=zipfile.ZIP_STORED, **parts):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", compression) as file:
        for name, data in parts.items():
            file.writestr(f"archive/{name.replace('__', '.')}", data)
    return held.getvalue()


def array(values, save=np.save):
    held = io.BytesIO()
    save(held, np.array(values))
    return held.getvalue()


TENSOR = (
    b"\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01X\x01\x00\x00\x00wq\x02ctorch._utils\n_rebuild_tensor_v2\nq\x03"
    b"((X\x07\x00\x00\x00storageq\x04ctorch\nFloatStorage\nq\x05X\x01\x00\x00\x000q\x06X\x03\x00\x00\x00cpuq\x07K\x01tQ"
    b"K\x00K\x01\x85K\x01\x85\x89h\x00)Rtq\x09Rq\x0as."
)
EVIL, OWN, PLAIN = pickle.dumps(Run()), pickle.dumps(Own()), pickle.dumps(OrderedDict(a=1))
WEIGHTS = b"\x02\0\0\0\0\0\0\0{}"
AUTO = json.dumps({"model_type": "owl", "auto_map": {"AutoModel": "owl.Owl"}}).encode()


def verdict(files, kind=RepoKind.MODEL):
    def fact(_name):
        return json.loads(files["config.json"]) if "config.json" in files else {}

    reader = MemoryReader(files).of_kind(kind)
    return safety.read_safety(Subject(reader, reader.revision().commit, fact))


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"model.safetensors": WEIGHTS, "tokenizer.json": b"{}", "README.md": b"words"}, NO_CODE),
        ({"model.gguf": b"GGUF", "model.onnx": b"x", "train.py": b"import os"}, NO_CODE),
        ({"a.npy": array([1, 2]), "b.npz": array([1.5], np.savez), "c.npz": array([1], np.savez_compressed)}, NO_CODE),
        ({"model.bin": b"\xba\x16\x4f\x2f fastText", "model.safetensors": WEIGHTS}, NO_CODE),
        ({"openvino_model.bin": b"weights", "model.safetensors": WEIGHTS}, NO_CODE),
        ({"pytorch_model.bin": archive(data__pkl=TENSOR)}, PICKLED),
        ({"pytorch_model.bin": archive(zipfile.ZIP_DEFLATED, data__pkl=TENSOR)}, PICKLED),
        ({"model.pkl": PLAIN, "model.safetensors": WEIGHTS}, PICKLED),
        ({"model.npy": array([{"a": 1}, None])}, PICKLED),
        ({"model.joblib": OWN}, CODE),
        ({"model.safetensors": WEIGHTS, "config.json": AUTO, "owl.py": b"class Owl: ..."}, CODE),
        ({"model.pt": archive(data__pkl=TENSOR, owl__py=b"def forward(self): ...")}, CODE),
        ({"model.h5": b"\x89HDF", "model.safetensors": WEIGHTS}, UNREAD),
        ({"model.ckpt": b"nothing that is known"}, UNREAD),
        ({"model.pt": archive(data__pkl=TENSOR)[:-9]}, UNREAD),
        ({"model.pt": archive(zipfile.ZIP_LZMA, data__pkl=TENSOR)}, UNREAD),
        ({"model.pt": archive(data__txt=b"x")}, UNREAD),
        ({"model.pkl": PLAIN, "other.pkl": EVIL, "model.h5": b"x"}, SUSPICIOUS),
        ({"model.pt": archive(DATA__PKL=EVIL, data__json=b"")}, SUSPICIOUS),
        ({"model.npz": array([Run(), Run()], np.savez)}, SUSPICIOUS),
        ({"model.npy": array([Run()]).replace(b"'|O'", b'"|O"')}, SUSPICIOUS),
        ({"model.npy": array([Run()]).replace(b"'|O', ", b"'\\x4f',")}, UNREAD),
        ({"weights.owl": EVIL, "model.safetensors": WEIGHTS}, SUSPICIOUS),
        ({"model.pkl": EVIL[:-1]}, SUSPICIOUS),
        ({"README.md": b"words", "train.py": b"import os", "data.csv": b"a,b"}, None),
    ],
)  # fmt: skip
def test_the_worst_file_is_the_verdict(files, expected):
    found = verdict(files)
    assert found.get("verdict") == expected, found


def test_what_a_file_imports_is_told():
    found = verdict({"a.pkl": EVIL, "b.pkl": PLAIN, "model.safetensors": WEIGHTS})
    assert found["files"] == [
        {"path": "a.pkl", "verdict": SUSPICIOUS, "imports": ["builtins.print"]},
        {"path": "b.pkl", "verdict": PICKLED, "imports": ["collections.OrderedDict"]},
    ]


def test_a_dataset_is_its_tables_and_the_script_that_loads_it():
    tables = {"data/train.parquet": b"PAR1", "README.md": b"words", "tools/clean.py": b"import os"}
    assert verdict(tables, RepoKind.DATASET)["verdict"] == NO_CODE
    assert verdict({**tables, "owls.py": b"import datasets"}, RepoKind.DATASET)["verdict"] == CODE


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("torch.FloatStorage", PICKLED), ("torch.bfloat16", PICKLED), ("builtins.set", PICKLED),
        ("builtins.eval", SUSPICIOUS),
        ("os.path.join", SUSPICIOUS), ("?", SUSPICIOUS), ("sklearn.svm.SVC", CODE), ("torch.FloatStorage.x", CODE),
        ("collections.OrderedDict.fromkeys", CODE), ("numpy.testing.x", SUSPICIOUS), ("torch.load", CODE),
    ],
)  # fmt: skip
def test_imports_are_harmless_only_by_name(name, expected):
    assert verdict_of(["collections.OrderedDict", name]) == expected


def test_limits_are_shared_by_all_files():
    many = {f"{number}.pkl": PLAIN for number in range(safety.MAX_FILES + 1)}
    assert verdict(many)["verdict"] == UNREAD
    assert verdict({"a.pkl": pickle.dumps([None] * (safety.MAX_OPCODES + 1))})["verdict"] == UNREAD
    assert verdict({"a.pkl": pickle.dumps(b"x" * (9 << 20))})["verdict"] == UNREAD
    bomb = archive(zipfile.ZIP_DEFLATED, data__pkl=b"\x80\x02" + b"N0" * (20 << 20) + b"N.")
    assert verdict({"a.pt": bomb})["verdict"] == UNREAD


def test_it_is_a_fact(tmp_path):
    db = Database(f"sqlite:///{tmp_path}/hub.db")
    db.migrate()
    reader = MemoryReader({"model.pkl": EVIL, "é.pkl": b"\x80\x04\x8c\x03\xed\xa0\x80\x8c\x01x\x93."})
    assert Facts(db).get(reader, reader.revision().commit, "safety")["verdict"] == SUSPICIOUS
    db.close()


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.sampled_from((".pt", ".npy", ".npz", ".safetensors", ".owl")),
    st.sampled_from((b"", b"\x80\x04", b"PK\x03\x04", EVIL, PLAIN, archive(data__pkl=EVIL), array([Run()]))),
    st.binary(max_size=300),
    st.integers(0, 400),
)  # fmt: skip
def test_any_bytes_get_a_verdict(ending, start, data, cut):
    found = verdict({f"model{ending}": start[:cut] + data})
    assert found.get("verdict", NO_CODE) in VERDICTS
