"""Which requests for files are downloads of a repository: the Hub's rule of query files.

A download of a model asks for many files, so only those count that whoever loads it fetches first. The rule is that of
the Hub's documentation (models-download-stats), with the files of every library in one list: whoever fetches several
of them at once is counted once anyway.
"""

import re
from pathlib import PurePosixPath

from freehold.base.ids import RepoKind

_NAMES = frozenset(
    {
        "adapter_config.json",
        "config.json",
        "config.yaml",
        "hyperparams.yaml",
        "meta.yaml",
        "model_index.json",
        "open_clip_config.json",
        "params.json",
        "saved_model.pb",
    }
)
_SUFFIXES = frozenset({".gguf", ".keras", ".nemo", ".skops", ".tflite"})
_DESCRIPTIONS = frozenset({"README.md", ".gitattributes", ".gitignore", "LICENSE", "LICENSE.md", "LICENSE.txt"})
_PROGRAMS = re.compile(r"bot\b|crawler|spider|preview|monitor", re.IGNORECASE)


def is_query_file(kind: RepoKind, path: str) -> bool:
    """Whether fetching the file at `path` is a download of its repository."""
    if kind is RepoKind.MODEL:
        return path in _NAMES or PurePosixPath(path).suffix.lower() in _SUFFIXES
    return kind in (RepoKind.DATASET, RepoKind.KERNEL) and path not in _DESCRIPTIONS


def is_robot(user_agent: str) -> bool:
    """Whether a program says that it only looks through the hub."""
    return _PROGRAMS.search(user_agent) is not None
