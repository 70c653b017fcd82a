"""A folder of work is there for its block; one whose process was killed goes with the next sweep."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from freehold.stores.blobs.workfolders import WorkFolders

WORK = """
import sys, time
from pathlib import Path
from freehold.stores.blobs.workfolders import WorkFolders
with WorkFolders(Path(sys.argv[1])).folder("convert") as folder:
    (folder / "cache").mkdir()
    print(folder, flush=True)
    time.sleep(60)
"""


def test_a_folder_is_gone_with_its_block(tmp_path: Path) -> None:
    folders = WorkFolders(tmp_path / "tmp")
    with folders.folder("convert") as folder:
        (folder / "file").write_bytes(b"x")
        assert folders.tidy() == 0
        assert (folder / "file").exists()
    assert list((tmp_path / "tmp").iterdir()) == []


def test_what_a_killed_process_left_is_removed_and_what_a_living_one_has_is_not(tmp_path: Path) -> None:
    folders = WorkFolders(tmp_path)
    process = subprocess.Popen([sys.executable, "-c", WORK, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    left = Path(process.stdout.readline().strip())
    assert folders.tidy() == 0
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert left.is_dir()
    assert folders.tidy() == 1
    assert not left.exists()
