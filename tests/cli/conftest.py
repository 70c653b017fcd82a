"""The command line as a person uses it: a program of its own, in an empty folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def environment():
    kept = {key: value for key, value in os.environ.items() if not key.startswith("FREEHOLD_")}
    return kept | {"PYTHONPATH": str(ROOT), "COLUMNS": "120", "NO_COLOR": "1"}


@pytest.fixture
def freehold(tmp_path, environment):
    """Run `freehold …` to its end; standard input is closed, so a prompt would fail."""

    def run(*arguments, text=None):
        return subprocess.run(
            [sys.executable, "-m", "freehold", *arguments],
            cwd=tmp_path,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
            **({"input": text} if text is not None else {"stdin": subprocess.DEVNULL}),
        )

    return run
