"""Datasets described as Croissant (mlcommons.org, 1.0): JSON-LD that says which files there are and what columns."""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MEDIA_TYPE = 'application/ld+json; profile="http://mlcommons.org/croissant/1.0"'
FORMATS: Mapping[str, str] = {
    "csv": "text/csv", "tsv": "text/tab-separated-values", "json": "application/json",
    "jsonl": "application/jsonlines", "parquet": "application/x-parquet", "txt": "text/plain",
    "arrow": "application/vnd.apache.arrow.file", "png": "image/png", "jpg": "image/jpeg", "wav": "audio/wav",
    "mp3": "audio/mpeg", "flac": "audio/flac", "mp4": "video/mp4", "zip": "application/zip", "tar": "application/x-tar",
}  # fmt: skip
"""What is described, by the ending of a file's name."""
TABLES = ("csv", "tsv", "jsonl")
"""Formats whose columns are told from the beginning of a file."""
MOST_COLUMNS = 200
_MOST_ROWS = 100
_PLACEHOLDER = "https://github.com/mlcommons/croissant/issues/80"
"""What the format's own authors have written as the checksum of a repository, which has none."""

_TERMS = (
    "citeAs column conformsTo:dct dataBiases dataCollection extract field fileProperty fileObject fileSet format"
    " includes isLiveDataset jsonPath key md5 parentField path personalSensitiveInformation recordSet references regex"
    " repeated replace separator source subField transform"
)
_CONTEXT: Mapping[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "sc": "https://schema.org/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{name: f"{space or 'cr'}:{name}" for name, _, space in (term.partition(":") for term in _TERMS.split())},
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; `type` is a term of schema.org such as `sc:Integer`."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Single:
    """The one file of its ending, which is described by itself: a reader then needs no git."""

    url: str
    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """What is known of a dataset. `endings` are those of its files; `columns` are told for some of them."""

    name: str
    url: str
    description: str
    creator: str
    creator_url: str
    license: str
    created: str
    modified: str
    keywords: Sequence[str]
    languages: Sequence[str]
    commit: str = ""
    endings: Sequence[str] = ()
    columns: Mapping[str, Sequence[Column]] = field(default_factory=dict)
    singles: Mapping[str, Single] = field(default_factory=dict)


def describe(dataset: Dataset) -> dict[str, Any]:
    """The document."""
    said: dict[str, Any] = {
        "@context": _CONTEXT, "@type": "sc:Dataset", "name": _name(dataset.name), "url": dataset.url,
        "description": dataset.description, "conformsTo": "http://mlcommons.org/croissant/1.0",
        "alternateName": [dataset.name], "version": "1.0.0", "isLiveDataset": True,
        "creator": {"@type": "Organization", "name": dataset.creator, "url": dataset.creator_url},
        "keywords": list(dataset.keywords), "dateCreated": dataset.created, "dateModified": dataset.modified,
        "datePublished": dataset.created, "identifier": dataset.commit,
    }  # fmt: skip
    if dataset.license:
        said["license"] = dataset.license
    if dataset.languages:
        said["inLanguage"] = list(dataset.languages)
    said["distribution"] = [_repository(dataset), *(_files(dataset, ending) for ending in dataset.endings)]
    said["recordSet"] = [_records(dataset, ending) for ending in dataset.columns]
    return said


def columns_of(text: str, ending: str, *, cut: bool) -> list[Column]:
    """The columns of a table from the beginning of its file, whose last line is dropped if `cut`."""
    if cut:
        text = text.rpartition("\n")[0]
    rows = _json_rows(text) if ending == "jsonl" else _csv_rows(text, "\t" if ending == "tsv" else ",")
    found: dict[str, set[str]] = {}
    for row in rows:
        for name, value in row.items():
            if len(found) < MOST_COLUMNS or name in found:
                found.setdefault(name, set()).add(_type(value))
    return [Column(name, _common(types)) for name, types in found.items() if name.strip() and len(name) <= 200]


def _csv_rows(text: str, delimiter: str) -> list[dict[str, Any]]:
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        header = next(reader, [])
        rows = [dict(zip(header, row, strict=False)) for _, row in zip(range(_MOST_ROWS), reader, strict=False)]
    except csv.Error:
        return []
    return rows or [dict.fromkeys(header, "")]


def _json_rows(text: str) -> list[dict[str, Any]]:
    rows = []
    for line in text.split("\n", _MOST_ROWS)[:_MOST_ROWS]:
        try:
            row = json.loads(line) if line.strip() else None
        except (ValueError, RecursionError):
            return []
        if isinstance(row, dict):
            rows.append(row)
    return rows


def _type(value: Any) -> str:
    """Of a value in JSON, or of a text that may be a number."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool) or value in ("true", "false", "True", "False"):
        return "sc:Boolean"
    if isinstance(value, int) or (isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]{1,18}", value, re.ASCII)):
        return "sc:Integer"
    if isinstance(value, float) or (
        isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]*\.?[0-9]+([eE][+-]?[0-9]+)?", value[:40], re.ASCII)
    ):
        return "sc:Float"
    return "sc:Text"


def _common(types: set[str]) -> str:
    types = types - {""}
    if types <= {"sc:Integer", "sc:Float"} and types:
        return "sc:Float" if "sc:Float" in types else "sc:Integer"
    return types.pop() if len(types) == 1 else "sc:Text"


def _repository(dataset: Dataset) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject", "@id": "repo", "name": "repo", "description": "The git repository of this dataset.",
        "contentUrl": dataset.url, "encodingFormat": "git+https", "sha256": _PLACEHOLDER,
    }  # fmt: skip


def _files(dataset: Dataset, ending: str) -> dict[str, Any]:
    if (one := dataset.singles.get(ending)) is not None:
        return {
            "@type": "cr:FileObject", "@id": f"{ending}-file", "name": f"{ending}-file", "description": one.path,
            "contentUrl": one.url, "contentSize": f"{one.size} B", "encodingFormat": FORMATS[ending],
            "sha256": one.sha256,
        }  # fmt: skip
    return {
        "@type": "cr:FileSet", "@id": f"{ending}-files", "name": f"{ending}-files",
        "description": f"All files of this dataset that end in .{ending}.", "containedIn": {"@id": "repo"},
        "encodingFormat": FORMATS[ending], "includes": f"**/*.{ending}",
    }  # fmt: skip


def _records(dataset: Dataset, ending: str) -> dict[str, Any]:
    fields, taken = [], set()
    where_from = (
        {"fileObject": {"@id": f"{ending}-file"}}
        if ending in dataset.singles
        else {"fileSet": {"@id": f"{ending}-files"}}
    )
    for place, column in enumerate(dataset.columns[ending]):
        name = _name(column.name)
        name = name if name not in taken else f"{name}-{place}"
        taken.add(name)
        extract = {"jsonPath": f"$['{column.name}']"} if ending == "jsonl" else {"column": column.name}
        source = {**where_from, "extract": extract}
        where = f"{ending}/{name}"
        fields.append({"@type": "cr:Field", "@id": where, "name": where, "dataType": column.type, "source": source})
    return {"@type": "cr:RecordSet", "@id": ending, "name": ending, "field": fields}


def _name(text: str) -> str:
    """As the format spells names: letters, digits, `_`, `-`, `.`, at most 255."""
    return re.sub(r"[^a-zA-Z0-9_.-]+", "-", text)[:200].strip("-") or "unnamed"
