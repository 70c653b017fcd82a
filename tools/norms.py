"""Counts what CONTRIBUTING.md asks for: module sentences, sizes of files and functions, and names that say nothing."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

MAX_FILE, MAX_FUNCTION = 400, 50
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}


def problems(path: Path) -> Iterator[str]:
    """What the norms have against one module, each as `path:line: sentence`."""
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    if path.stem in EMPTY_NAMES:
        yield f"{path}:1: the name says nothing; name the module for what it is"
    if not ast.get_docstring(tree) and text.strip():
        yield f"{path}:1: a module opens with one sentence that says what it is"
    lines = text.count("\n")
    if lines > MAX_FILE:
        yield f"{path}:1: {lines} lines; split it below {MAX_FILE}"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MAX_FUNCTION:
                yield f"{path}:{node.lineno}: {node.name} has {length} lines; the limit is {MAX_FUNCTION}"


def main() -> int:
    """Print every problem; 1 if there was one."""
    found = [
        problem
        for folder in ("freehold", "tools", "bench", "tests")
        for path in sorted(Path(folder).rglob("*.py"))
        for problem in problems(path)
    ]
    print("\n".join(found) if found else "norms: kept")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
