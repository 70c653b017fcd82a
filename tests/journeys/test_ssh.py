"""People who use git by SSH: they clone, push, are refused and hang up, with real OpenSSH, git and git-lfs."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.tokens import make_secret
from tests.kit.builders import a_commit, a_dataset, a_model
from tests.kit.hub import TestHub
from tests.kit.process import free_port
from tests.kit.sshclient import Visitor

pytestmark = pytest.mark.parametrize("hub", [{"ssh_port": free_port(), "port": free_port()}], indirect=True)


@pytest.fixture(autouse=True)
def open_hub(hub: TestHub) -> Iterator[str]:
    with hub.serve() as url:
        yield url


@pytest.fixture
def alice(hub: TestHub, tmp_path: Path) -> Visitor:
    return Visitor(hub, "alice", tmp_path)


def files(hub: TestHub, repo_id: RepoId, rev: str = "main") -> dict[str, bytes]:
    reader = hub.rooms.repos.reader(hub.actor("alice"), repo_id)
    return {
        one.path: reader.open_bytes(rev, one.path) for one in reader.tree(rev, recursive=True) if one.kind == "file"
    }


def scratch(hub: TestHub) -> list[Path]:
    return list((hub.settings.data / "cache" / "git" / "scratch").glob("*"))


def test_the_hub_greets_who_comes_without_a_command(alice: Visitor):
    status, said = alice.ssh(options=("-T",))
    assert status == 0 and said.startswith("Hi alice! ") and "no shell" in said


@pytest.mark.parametrize("version", ["0", "1", "2"])
def test_alice_clones_fetches_and_pushes(hub: TestHub, alice: Visitor, version: str):
    model = a_model(hub, visibility="private", files={"README.md": b"# Birds\n", "deep/er/a.txt": b"a"})
    here = alice.clone(model.path, "-c", f"protocol.version={version}")
    assert (here.folder / "deep/er/a.txt").read_bytes() == b"a"
    theirs = a_commit(hub, model, {"theirs.txt": b"theirs"})
    here.git("pull", "--quiet", "--rebase")
    assert here.git("rev-parse", "HEAD") == theirs
    oid = here.commit({"mine.txt": "mine\n"})
    here.git("push", "origin", "HEAD", "HEAD:refs/heads/side")
    assert files(hub, model, "side")["mine.txt"] == b"mine\n"
    assert {ref.oid for ref in hub.rooms.repos.reader(hub.actor("alice"), model).refs().branches} == {oid}
    here.git("push", "origin", "--delete", "side")
    assert "side" not in here.git("ls-remote", "origin")
    here.git("fsck", "--strict")
    assert scratch(hub) == []


@pytest.mark.parametrize("spelling", ["datasets/alice/songs", "datasets/alice/songs.git", "datasets/alice/songs/"])
def test_a_dataset_lies_below_its_word(hub: TestHub, alice: Visitor, spelling: str):
    a_dataset(hub, files={"a.csv": b"a,b\n"})
    assert (alice.clone(spelling).folder / "a.csv").exists()


def test_shallow_and_partial_clones(hub: TestHub, alice: Visitor):
    model = a_model(hub, files={"big.txt": b"1" * 100_000})
    a_commit(hub, model, {"b": b"b"})
    here = alice.clone(model.path, "--depth", "1")
    assert here.git("rev-list", "--count", "HEAD") == "1"
    here.git("fetch", "--unshallow")
    assert here.git("rev-list", "--count", "HEAD") == "3"
    lazy = alice.clone(model.path, "--filter=blob:none", "--no-checkout")
    lazy.git("checkout", "main")
    assert (lazy.folder / "big.txt").stat().st_size == 100_000


def test_a_push_of_many_megabytes_and_files(hub: TestHub, alice: Visitor):
    here = alice.clone(a_model(hub).path)
    here.commit({**{f"d{n % 7}/{n}.txt": f"{n}" for n in range(1000)}, "m.bin": os.urandom(9_000_000)})
    here.git("push", "--quiet")
    assert alice.clone("alice/birds").git("rev-parse", "HEAD:") == here.git("rev-parse", "HEAD:")


def test_what_is_refused_by_http_is_refused_here_in_the_same_words(hub: TestHub, alice: Visitor):
    model = a_model(hub)
    here = alice.clone(model.path)
    here.git("push", "origin", "HEAD:refs/hub/x", refused=True)
    assert "only refs/heads/" in here.said
    here.commit({"app.py": f"key = '{make_secret()}'"})
    here.git("push", refused=True)
    assert "remote:   app.py, line 1: a Hugging Face token" in here.said
    here.git("push", "-o", "secrets.allow")
    here.commit({"README.md": "---\nlicense: none-such\n---\n"})
    here.git("push")
    assert "warning: README.md" in here.said
    here.git("commit", "--quiet", "--allow-empty", "-m", "x")
    a_commit(hub, model, {"theirs": b"1"})
    here.git("push", refused=True)
    assert "fetch first" in here.said


def test_a_large_file_travels_by_http_with_a_pass_from_here(hub: TestHub, alice: Visitor):
    model = a_model(hub, visibility="private")
    here = alice.clone(model.path)
    here.git("lfs", "install", "--local")
    here.git("lfs", "track", "*.weights")
    content = os.urandom(3_000_000)
    here.commit({"m.weights": content})
    here.git("push")
    large = hub.rooms.repos.reader(hub.actor("alice"), model).entry("main", "m.weights").large
    assert large and large.size == len(content)
    there = alice.clone(model.path)
    there.git("lfs", "install", "--local")
    there.git("lfs", "pull")
    assert (there.folder / "m.weights").read_bytes() == content


def test_a_renamed_repository_is_found_under_its_old_address(hub: TestHub, alice: Visitor):
    model = a_model(hub, files={"a.txt": b"a"})
    here = alice.clone(model.path)
    hub.rooms.repos.move(hub.actor("alice"), model, RepoId(RepoKind.MODEL, "acme", "fowl"))
    here.git("pull")
    here.commit({"b.txt": "b"})
    here.git("push")
    assert "b.txt" in files(hub, RepoId(RepoKind.MODEL, "acme", "fowl"))


# Who may


def test_a_key_that_nobody_registered_opens_nothing(hub: TestHub, tmp_path: Path):
    a_model(hub)
    stranger = Visitor(hub, "carol", tmp_path, registered=False)
    assert "Permission denied" in stranger.clone("alice/birds", refused=True).said


def test_only_the_name_git_is_let_in(alice: Visitor):
    assert "Permission denied" in alice.ssh(user="alice")[1]


def test_a_private_repository_looks_absent_to_carol(hub: TestHub, tmp_path: Path):
    a_model(hub, "alice/hidden", visibility="private")
    carol = Visitor(hub, "carol", tmp_path)
    said = {carol.ssh(f"{verb} '/alice/{name}'") for name in ("hidden", "absent")
            for verb in ("git-upload-pack", "git-receive-pack", "git-lfs-authenticate")
            if verb != "git-lfs-authenticate"}  # fmt: skip
    assert len(said) == 1 and said.pop()[0] == 1
    for verb in ("upload", "download"):
        answers = {carol.ssh(f"git-lfs-authenticate alice/{name} {verb}") for name in ("hidden", "absent")}
        assert len(answers) == 1 and "not found" in answers.pop()[1]


def test_carol_reads_what_is_public_and_pushes_nothing(hub: TestHub, tmp_path: Path):
    model = a_model(hub, files={"a": b"a"})
    here = Visitor(hub, "carol", tmp_path).clone(model.path)
    here.commit({"b": "b"})
    here.git("push", refused=True)
    assert "don't have the rights to write" in here.said and "b" not in files(hub, model)


def test_a_gated_repository_keeps_its_content_from_carol(hub: TestHub, tmp_path: Path, alice: Visitor):
    model = a_model(hub, files={"a": b"a"})
    hub.rooms.repos.admin(hub.actor("alice"), model).update(gated="manual")
    carol = Visitor(hub, "carol", tmp_path)
    assert (
        carol.clone(model.path, refused=True).said and carol.ssh(f"git-lfs-authenticate {model.path} download")[0] == 1
    )
    assert (alice.clone(model.path).folder / "a").exists()


def test_a_key_for_reading_only_reads(hub: TestHub, tmp_path: Path):
    model = a_model(hub)
    reader = Visitor(hub, "alice", tmp_path, role="read")
    here = reader.clone(model.path)
    here.commit({"b": "b"})
    here.git("push", refused=True)
    assert "may only read" in here.said
    assert reader.ssh(f"git-lfs-authenticate {model.path} upload")[0] == 1


def test_a_key_that_was_removed_and_an_account_that_was_shut_open_nothing(hub: TestHub, tmp_path: Path, alice: Visitor):
    assert alice.ssh()[0] == 0
    hub.rooms.keys.remove(SYSTEM, alice.key.account_id, alice.key.id)
    assert "Permission denied" in alice.ssh()[1]
    carol = Visitor(hub, "carol", tmp_path)
    hub.rooms.people.disable(SYSTEM, "carol")
    assert "Permission denied" in carol.ssh()[1]


def test_a_line_that_stays_open_does_not_outlive_its_key(hub: TestHub, tmp_path: Path, alice: Visitor):
    control = ("-o", "ControlMaster=auto", "-o", f"ControlPath={tmp_path}/c", "-o", "ControlPersist=30")
    try:
        assert alice.ssh(options=control)[0] == 0
        hub.rooms.keys.remove(SYSTEM, alice.key.account_id, alice.key.id)
        status, said = alice.ssh(options=control)
        assert status == 1 and "does not know the key" in said
    finally:
        alice.ssh(options=("-o", f"ControlPath={tmp_path}/c", "-O", "exit"))


# Harm


@pytest.mark.parametrize(
    "command",
    ["sh", "ls /", "git-upload-pack", "git-upload-pack 'alice/birds' extra", "git-upload-pack --strict alice/birds",
     "git-upload-pack --upload-pack=/bin/sh alice/birds", "git-upload-archive alice/birds", "git-shell",
     "scp -f /etc/passwd", "git-upload-pack alice/birds; id", "git-upload-pack $(id)", "x" * 5000,
     "git-lfs-transfer alice/birds download", "git-lfs-authenticate alice/birds delete",
     "git-lfs-authenticate alice/birds", "git-upload-pack 'alice"],
)  # fmt: skip
def test_mallory_gets_no_other_command(hub: TestHub, tmp_path: Path, command: str):
    a_model(hub)
    status, said = Visitor(hub, "mallory", tmp_path).ssh(command)
    assert status == 1 and ("gives no shell" in said or "not found" in said), said


@pytest.mark.parametrize(
    "path",
    ["../x", "'/../../etc/passwd'", "/", "''", "alice", "alice/birds/..", "alice/../alice/birds", "--upload-pack=x",
     "'alice/bi rds'", '\'alice/"birds\'', "datasets/alice", "datasets/../alice/birds", "alice/birds.git/objects",
     "-/birds", "'alice/birds\n'", "alice//birds", "~/birds", "alice/bïrds"],
)  # fmt: skip
def test_no_path_leads_anywhere_but_to_repositories(hub: TestHub, tmp_path: Path, path: str):
    a_model(hub)
    status, said = Visitor(hub, "mallory", tmp_path).ssh(f"git-upload-pack {path}")
    assert status == 1 and "not found" in said, said


def test_no_tunnel_no_terminal_and_no_file_transfer(hub: TestHub, alice: Visitor):
    assert "PTY allocation request failed" in alice.ssh(options=("-tt", "-o", "LogLevel=INFO"))[1]
    assert alice.ssh("sftp", options=("-s",))[0] != 0
    tunnel = ("-W", f"127.0.0.1:{hub.settings.port}", "-o", "LogLevel=INFO")
    status, said = alice.ssh(options=tunnel, stdin=b"GET / HTTP/1.0\r\n\r\n")
    assert status != 0 and "HTTP" not in said
    remote = ("-R", f"{free_port()}:127.0.0.1:{hub.settings.port}", "-o", "ExitOnForwardFailure=yes")
    assert alice.ssh(options=remote)[0] != 0


def test_what_was_taken_back_is_not_handed_out(hub: TestHub, alice: Visitor):
    model = a_model(hub)
    lost = a_commit(hub, model, {"a": b"oops"})
    hub.rooms.repos.writer(hub.actor("alice"), model).super_squash("main", "Clean")
    here = alice.clone(model.path)
    for version in ("0", "2"):
        here.git("-c", f"protocol.version={version}", "fetch", "origin", lost, refused=True)
        assert "is on no branch or tag" in here.said or "unadvertised object" in here.said
        assert here.git("cat-file", "--batch-check", stdin=lost.encode()).endswith("missing")


@pytest.mark.parametrize(
    "sent", [b"", b"nonsense" * 100, b"0000", b"0032want ", b"fff0" + b"x" * 60_000, b"0001" * 5000]
)
def test_nonsense_on_the_line_ends_it(hub: TestHub, alice: Visitor, sent: bytes):
    a_model(hub)
    for service in ("git-upload-pack", "git-receive-pack"):
        alice.ssh(f"{service} alice/birds", stdin=sent)
    assert scratch(hub) == []


def test_a_client_that_is_killed_takes_its_git_with_it(hub: TestHub, alice: Visitor):
    model = a_model(hub, files={f"{n}": os.urandom(300_000) for n in range(30)})
    for service in ("git-upload-pack", "git-receive-pack"):
        words = [*alice.words, "-p", str(alice.port), "git@127.0.0.1", f"{service} {model.path}"]
        client = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert client.stdout is not None and client.stdout.read(4)
        assert (service == "git-receive-pack") or scratch(hub)
        os.kill(client.pid, signal.SIGKILL)
        client.communicate()
        until = time.monotonic() + 20
        while scratch(hub) and time.monotonic() < until:
            time.sleep(0.05)
        assert scratch(hub) == []


def test_a_pack_that_breaks_off_changes_nothing(hub: TestHub, alice: Visitor):
    model = a_model(hub)
    before = files(hub, model)
    oid = hub.rooms.repos.reader(hub.actor("alice"), model).commit_of("main")
    text = f"{'0' * 40} {oid} refs/heads/x\0report-status"
    push = f"{len(text) + 4:04x}{text}0000".encode()
    said = alice.ssh(f"git-receive-pack {model.path}", stdin=push + b"PACK\0\0\0\2\0\0\0\5")[1]
    assert "git refuses what you pushed" in said and files(hub, model) == before and scratch(hub) == []


def test_only_the_version_of_the_protocol_is_taken_from_the_clients_environment(hub: TestHub, alice: Visitor):
    model = a_model(hub)
    harm = (
        "GIT_PROTOCOL=version=9:x=$(id):version=2",
        "GIT_TRACE=/tmp/x",
        "GIT_EXEC_PATH=/tmp",
        "LD_PRELOAD=/tmp/x.so",
    )
    settings = tuple(word for pair in harm for word in ("-o", f"SetEnv={pair}"))
    status, said = alice.ssh(f"git-upload-pack {model.path}", options=settings, stdin=b"0000")
    assert status == 0 and (said.startswith("000eversion 2") or "refs/heads/main" in said)
    clean = ("-o", "SetEnv=GIT_PROTOCOL=version=9:x=$(id):version=2")
    assert alice.ssh(f"git-upload-pack {model.path}", options=clean, stdin=b"0000")[1].startswith("000eversion 2")
