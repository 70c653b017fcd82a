"""A small disk of one's own, mounted in memory, for what happens when it is full."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

_IN_A_NAME_SPACE = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
"""A mount name space of our own, where anybody may mount a disk in memory."""


def run_on_a_small_disk(script: str, place: Path) -> None:
    """Run `script` in a Python of its own, its argument a folder on a disk of 40 MB at `place`; fail if it fails."""
    if subprocess.run([*_IN_A_NAME_SPACE, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this system lets nobody make a mount name space")
    place.mkdir()
    mount_and_run = f'mount -t tmpfs -o size=40m tmpfs {place} && exec "$0" "$@"'
    done = subprocess.run(
        [*_IN_A_NAME_SPACE, mount_and_run, sys.executable, "-c", textwrap.dedent(script), str(place)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-5000:]
