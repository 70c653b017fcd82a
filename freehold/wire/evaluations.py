"""Evaluation results as the Hub keeps them in files: `.eval_results/*.yaml` of models, `eval.yaml` of benchmarks.

Both are described in the Hub's documentation ("Evaluation Results").
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from freehold.wire import frontmatter

BENCHMARK = "eval.yaml"
RESULTS = re.compile(r"\.eval_results/[^/]+\.ya?ml")

_MOST = 20
_ID = re.compile(r"[0-9A-Za-z._-]{1,96}(?:/[0-9A-Za-z._-]{1,96})?", re.ASCII)


def problems(path: str, content: bytes) -> list[str]:
    """What is wrong with a file of this kind, in sentences; nothing for any other file."""
    check = _benchmark if path == BENCHMARK else _results if RESULTS.fullmatch(path) else None
    if check is None:
        return []
    try:
        data = frontmatter.load_file(content.decode("utf-8"))
    except UnicodeDecodeError:
        return ["The file is not UTF-8 text."]
    except frontmatter.Refused as refused:
        return [str(refused)]
    found = list(check(data))
    return found[:_MOST] + ([f"and {len(found) - _MOST} more"] if len(found) > _MOST else [])


def _results(data: Any) -> Iterator[str]:
    if not isinstance(data, list):
        yield "The file must be a list of results."
        return
    for number, entry in enumerate(data, 1):
        if isinstance(entry, dict):
            yield from (f"result {number}: {problem}" for problem in _result(entry))
        else:
            yield f"result {number}: must be a mapping of keys to values"


def _result(entry: dict[str, Any]) -> Iterator[str]:
    dataset = entry.get("dataset")
    if not isinstance(dataset, dict):
        yield '"dataset" is missing: give its "id" and "task_id"'
    else:
        if not isinstance(dataset.get("id"), str) or not _ID.fullmatch(dataset["id"]):
            yield '"dataset.id" must be the id of a dataset, such as "cais/hle"'
        yield from _texts(dataset, "dataset.", "task_id", "revision", "config", "split")
        if "task_id" not in dataset and "config" not in dataset:
            yield '"dataset.task_id" is missing: name a task of the dataset\'s eval.yaml'
    if entry.get("value") is None:
        yield '"value" is missing'
    yield from _texts(entry, "", "verifyToken", "date", "notes", "evaluation_framework")
    if isinstance(entry.get("date"), str) and not _is_moment(entry["date"]):
        yield '"date" must be an ISO 8601 date or time, such as "2025-01-15"'
    source = entry.get("source")
    if source is not None:
        if not isinstance(source, dict) or not isinstance(source.get("url"), str):
            yield '"source" must have a "url"'
        else:
            yield from _texts(source, "source.", "name", "user", "org")


def _benchmark(data: Any) -> Iterator[str]:
    if not isinstance(data, dict):
        yield "The file must be a mapping of keys to values."
        return
    for key in ("name", "evaluation_framework"):
        if not isinstance(data.get(key), str):
            yield f'"{key}" must be a string'
    yield from _texts(data, "", "description")
    tasks = data.get("tasks")
    if not isinstance(tasks, list) or not tasks:
        yield '"tasks" must be a list of at least one task'
        return
    for number, task in enumerate(tasks, 1):
        if not isinstance(task, dict) or not isinstance(task.get("id"), str):
            yield f'task {number}: must have an "id"'
        else:
            yield from (f"task {number}: {problem}" for problem in _texts(task, "", "config", "split"))
    ids = [task["id"] for task in tasks if isinstance(task, dict) and isinstance(task.get("id"), str)]
    if len(set(ids)) != len(ids):
        yield "two tasks have the same id"


def _texts(data: dict[str, Any], where: str, *keys: str) -> Iterator[str]:
    for key in keys:
        if data.get(key) is not None and not isinstance(data[key], str):
            yield f'"{where}{key}" must be a string'


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
