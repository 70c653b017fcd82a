"""The size and the result of the matrix as a page for docs."""

from tests.protocols.matrix.judging import Result
from tests.protocols.matrix.stage import THINGS, Stage

HEAD = """# Who may do what: the matrix

Written by `MATRIX_PAGE=docs/matrix.md ./dev test tests/protocols/matrix`, which asks every route, git, LFS, Xet and
registry doors included, in every way by everybody about everything, in process, and compares the class of each answer
with the policy in [tests/protocols/matrix/policy.py](../tests/protocols/matrix/policy.py), which imports nothing of the
hub. *gone* means the very bytes that a thing which never existed gets.
"""


def page(result: Result, stage: Stage) -> str:
    """The page."""
    rows = [f"| {name} | {count:,} |" for name, count in sorted(result.by_class.items(), key=lambda one: -one[1])]
    return "\n".join([
        HEAD,
        f"**{result.cells:,} cells**: {result.probes} questions to {len(stage.hub.house.routes)} routes, by"
        f" {len(stage.ways)} callers with their credentials, about {len(THINGS)} kinds of things."
        f" Wrong: {len(result.wrong)}.\n",
        "| the right answer | cells |", "|--|--|", *rows,
        "\n## Callers\n", *(f"- {way.name}" for way in stage.ways),
        "\n## Things\n", *(f"- {_told(thing)}" for thing in THINGS), "",
    ])  # fmt: skip


def _told(thing: object) -> str:
    words = [f"`{thing.name}`", f"of {thing.owner}", thing.visibility]  # type: ignore[attr-defined]
    words += [word for word in ("gated", "moved", "hold") if getattr(thing, word)]
    return ", ".join(words)
