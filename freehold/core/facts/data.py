"""The step that says what a dataset holds: format, modalities, rows, and which libraries read it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from freehold.core.facts.counting import rows_in
from freehold.core.facts.subject import Subject, Value, words
from freehold.core.repos.entries import Entry
from freehold.wire.parquet.schema import Column

_FORMATS = {
    "parquet": "parquet", "arrow": "arrow", "csv": "csv", "tsv": "csv", "json": "json", "jsonl": "json",
    "ndjson": "json", "txt": "text", "tar": "webdataset", "lance": "lance", "h5": "hdf5", "hdf5": "hdf5",
    "png": "imagefolder", "jpg": "imagefolder", "jpeg": "imagefolder", "webp": "imagefolder", "gif": "imagefolder",
    "bmp": "imagefolder", "tif": "imagefolder", "tiff": "imagefolder",
    "wav": "audiofolder", "flac": "audiofolder", "mp3": "audiofolder", "ogg": "audiofolder", "opus": "audiofolder",
    "m4a": "audiofolder", "mp4": "videofolder", "mkv": "videofolder", "webm": "videofolder", "avi": "videofolder",
    "mov": "videofolder", "pdf": "pdffolder",
}  # fmt: skip
"""What the ending of a data file means, a compression's taken off."""

DATA_FORMATS = frozenset(_FORMATS.values())
_PACKED = frozenset(("gz", "zst", "bz2", "xz", "lz4"))
_NOT_DATA = frozenset(("dataset_infos.json", "dataset_dict.json", "dataset_info.json", "state.json", "config.json"))
_NOTES = frozenset(("license.txt", "readme.txt", "requirements.txt", "citation.txt", "notice.txt"))
_MODALITY_OF = {"imagefolder": "image", "audiofolder": "audio", "videofolder": "video", "pdffolder": "document",
                "text": "text"}  # fmt: skip
_MODALITY_BY_ENDING = {
    "geojson": "geospatial", "shp": "geospatial", "gpkg": "geospatial", "kml": "geospatial",
    "glb": "3d", "gltf": "3d", "obj": "3d", "stl": "3d", "ply": "3d",
}  # fmt: skip
_TABLES = frozenset(("parquet", "csv", "json", "arrow"))
MODALITIES = ("3d", "audio", "document", "geospatial", "image", "tabular", "text", "timeseries", "video")
_BOUNDS = (
    (10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"), (10**7, "1M<n<10M"),
    (10**8, "10M<n<100M"), (10**9, "100M<n<1B"), (10**10, "1B<n<10B"), (10**11, "10B<n<100B"), (10**12, "100B<n<1T"),
)  # fmt: skip
SIZES = (*(word for _, word in _BOUNDS), "n>1T")
_NAMED_BY_TAGS = ("webdataset", "distilabel", "argilla", "fiftyone", "datadreamer")
READERS = tuple(sorted({"datasets", "pandas", "dask", "polars", "mlcroissant", *_NAMED_BY_TAGS}))
"""The libraries that a dataset may be tagged with."""
_SEVERAL = 2
"""How many number columns make a table of numbers."""


def read_data(subject: Subject) -> Value:
    """`{formats, modalities, libraries, first, rows?, exact?, size_category?}`; empty without data files."""
    card: Mapping[str, Any] = subject.fact("card").get("data", {})
    own = [entry for path, entry in sorted(subject.files.items()) if _is_data(path)]
    counts = Counter(kind for entry in own if (kind := _format_of(entry.path)))
    if not counts:
        return _of_others(own)
    # As the datasets library does: the most frequent kind of file is the data, the others are notes beside it.
    order = list(dict.fromkeys(_FORMATS.values()))
    kind = min(counts, key=lambda name: (-counts[name], order.index(name)))
    files = [entry for entry in own if _format_of(entry.path) == kind]
    rows, exact, columns = _declared(card) or rows_in(subject, files, kind)
    found: Value = {"formats": [kind], "first": files[0].path}
    found["modalities"] = _modalities(kind, own, columns, card)
    found["libraries"] = list(_libraries(kind, files, words(card.get("tags"))))
    if rows is not None:
        found |= {"rows": rows, "exact": exact, "size_category": size_category(rows)}
    return found


def _of_others(own: Sequence[Entry]) -> Value:
    found = sorted({_MODALITY_BY_ENDING[end] for entry in own if (end := _ending(entry.path)) in _MODALITY_BY_ENDING})
    return {"formats": [], "modalities": found, "libraries": []} if found else {}


def size_category(rows: int) -> str:
    """The Hub's word for a number of rows."""
    return next((word for bound, word in _BOUNDS if rows < bound), "n>1T")


def _is_data(path: str) -> bool:
    name = path.rpartition("/")[2]
    hidden = any(part.startswith((".", "__")) for part in path.split("/"))
    return not hidden and name not in _NOT_DATA and name.lower() not in _NOTES


def _ending(path: str) -> str:
    parts = path.rpartition("/")[2].lower().split(".")
    if len(parts) > 2 and parts[-1] in _PACKED:
        parts.pop()
    return parts[-1] if len(parts) > 1 else ""


def _format_of(path: str) -> str:
    return _FORMATS.get(_ending(path), "")


def _infos(card: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What `datasets` wrote into the card about each configuration."""
    found = card.get("dataset_info")
    yield from (one for one in (found if isinstance(found, list) else [found]) if isinstance(one, dict))


def _declared(card: Mapping[str, Any]) -> tuple[int | None, bool, Sequence[Column]] | None:
    """The rows that the card's splits say they have."""
    rows, known = 0, False
    for info in _infos(card):
        splits = info.get("splits")
        for split in splits if isinstance(splits, list) else ():
            many = split.get("num_examples") if isinstance(split, dict) else None
            if isinstance(many, int) and not isinstance(many, bool) and 0 <= many < 10**15:
                rows, known = rows + many, True
    return (rows, True, ()) if known else None


def _modalities(kind: str, own: Sequence[Entry], columns: Sequence[Column], card: Mapping[str, Any]) -> list[str]:
    found = {_MODALITY_OF[kind]} if kind in _MODALITY_OF else set()
    found |= {_MODALITY_BY_ENDING[end] for entry in own if (end := _ending(entry.path)) in _MODALITY_BY_ENDING}
    types = [dtype for info in _infos(card) for dtype in _dtypes(info.get("features"))] or list(_types(columns))
    found |= {dtype for dtype in types if dtype in ("image", "audio", "video", "text", "timeseries", "document")}
    # Numbers that stand beside pictures or sounds are their labels.
    if kind in _TABLES and types.count("number") >= _SEVERAL and not found & {"image", "audio", "video"}:
        found.add("tabular")
    return [name for name in MODALITIES if name in found]


def _dtypes(features: Any) -> Iterator[str]:
    """What the features that a card declares are."""
    for feature in features if isinstance(features, list) else ():
        dtype = feature.get("dtype") if isinstance(feature, dict) else None
        name = next(iter(dtype), "") if isinstance(dtype, dict) else dtype
        if isinstance(name, str):
            yield _word_of(name)


def _word_of(dtype: str) -> str:
    if dtype in ("string", "large_string", "translation"):
        return "text"
    if dtype.startswith(("int", "uint", "float", "decimal")):
        return "number"
    if dtype.startswith(("timestamp", "date")):
        return "timeseries"
    return {"pdf": "document"}.get(dtype, dtype)


def _types(columns: Sequence[Column]) -> Iterator[str]:
    """What the columns of a file are; `datasets` keeps a picture or a sound as a group of bytes and path."""
    words_of = {"int": "number", "float": "number", "timestamp": "timeseries", "date": "timeseries", "text": "text"}
    for column in columns:
        parts = {child.name for child in column.children}
        if {"bytes", "path"} <= parts:
            name = column.name.lower()
            yield "audio" if "audio" in name or "speech" in name else "video" if "video" in name else "image"
        elif column.type in words_of:
            yield words_of[column.type]


def _libraries(kind: str, files: Sequence[Entry], tags: Sequence[str]) -> Iterator[str]:
    yield "datasets"
    if kind in ("parquet", "csv", "json"):
        yield "pandas" if len(files) == 1 else "dask"
        yield "mlcroissant"
        yield "polars"
    if kind == "webdataset":
        yield "webdataset"
    yield from (name for name in _NAMED_BY_TAGS if name in tags and name != kind)
