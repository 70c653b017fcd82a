"""git as a child: alone, limited, and ended."""

import signal
from pathlib import Path

from freehold.stores.git.process import GitProcess, Limits


def test_it_knows_no_configuration_and_no_programs_but_gits_own(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "alias.x")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "!echo harm")
    (tmp_path / ".gitconfig").write_text("[user]\n\tname = somebody\n")
    process = GitProcess("config", "--list", home=tmp_path)
    told = process.read_all().decode()
    process.close()
    assert "alias.x" not in told and "user.name" not in told and "core.hookspath=/dev/null" in told


def test_it_ends_when_it_has_had_its_share_of_the_processor(tmp_path: Path):
    endless = tmp_path / "endless"
    endless.write_bytes(b"blob\ndata 4000000000\n")
    with endless.open("r+b") as file:
        file.truncate(4_000_000_100)  # zeros without end, and none on the disk
    with endless.open("rb") as stdin:
        process = GitProcess("hash-object", "--stdin", home=tmp_path, stdin=stdin, limits=Limits(cpu_s=1))
        assert process.read_all() == b""
        assert process.wait() == -signal.SIGXCPU
        process.close()
