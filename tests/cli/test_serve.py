"""`freehold serve`, as a process of its own."""

import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import httpx
import pytest

from tests.kit.databases import free_port
from tests.kit.sshclient import make_key


@pytest.fixture
def serving(tmp_path, environment):
    """Start `freehold serve`, give (address, what it printed, process), and stop it."""

    @contextmanager
    def start(*arguments, **variables):
        port = free_port()
        with (tmp_path / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "freehold", "serve", "--data", "d", "--port", str(port), *arguments],
                cwd=tmp_path,
                env=environment | variables,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
            try:
                said = ""
                while "hf upload" not in said:
                    line = process.stdout.readline()
                    assert line, (tmp_path / "log").read_text()
                    said += line
                yield f"http://127.0.0.1:{port}", said, process
            finally:
                process.terminate()
                process.wait(40)
                process.stdout.close()

    return start


def test_the_first_start_tells_all_that_a_user_needs(serving, freehold):
    with serving() as (url, said, _):
        assert f"HF_ENDPOINT={url}" in said
        link = re.search(rf"{url}/login/link/\S+", said)
        assert link is not None
        assert httpx.get(f"{url}/readyz").json()["status"] == "ok"
        token = freehold("token", "add", "admin", "--data", "d")
        assert token.stdout.splitlines()[-1].startswith("hf_")
        added = freehold("user", "add", "alice", "--data", "d")
        assert added.stdout.splitlines()[-1].startswith(f"{url}/login/link/")
        assert freehold("check", "--json", "--data", "d").returncode == 0
    with serving() as (_, said, _):
        assert "/login/link/" not in said


def test_it_stops_gracefully(serving):
    with serving() as (url, _, process):
        httpx.get(f"{url}/healthz")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) in {0, -signal.SIGTERM}


def test_several_processes_answer_and_measure_together(serving):
    with serving("--workers", "2") as (url, _, _):
        client = httpx.Client(transport=httpx.HTTPTransport(retries=8))
        for _ in range(10):
            assert httpx.Client(transport=httpx.HTTPTransport(retries=8)).get(f"{url}/healthz").status_code == 200
        counted = re.search(r'freehold_requests_total\{.*route="/healthz".*\} (\S+)', client.get(f"{url}/metrics").text)
        assert float(counted[1]) == 10


def test_settings_come_from_the_environment(serving):
    with serving(FREEHOLD_URL="https://hub.example.org/p", FREEHOLD_LOG_FORMAT="json") as (url, said, _):
        assert "HF_ENDPOINT=https://hub.example.org/p" in said
        assert httpx.get(f"{url}/healthz").status_code == 200


def pending(url):
    return float(re.search(r"\nfreehold_jobs_pending (\S+)", httpx.get(f"{url}/metrics").text)[1])


def test_the_work_can_be_left_to_workers(serving, freehold, tmp_path, environment):
    with serving(FREEHOLD_JOBS="false") as (url, _, _):
        token = freehold("token", "add", "admin", "--role", "write", "--data", "d").stdout.split()[-1]
        made = httpx.post(
            f"{url}/api/repos/create", json={"name": "birds"}, headers={"Authorization": f"Bearer {token}"}
        )
        assert made.status_code == 200
        assert pending(url) > 0
        worker = subprocess.Popen(
            [sys.executable, "-m", "freehold", "worker", "--data", "d"], cwd=tmp_path, env=environment
        )
        try:
            for _ in range(300):
                if not pending(url):
                    break
                time.sleep(0.1)
            assert not pending(url)
        finally:
            worker.terminate()
            worker.wait(40)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_git_comes_by_ssh_where_a_port_is_given(serving, freehold, tmp_path, workers):
    port, key = free_port(), make_key(tmp_path / "alice")
    with serving("--ssh-port", str(port), "--workers", workers) as (_, said, _):
        assert f"ssh://git@127.0.0.1:{port}/" in said
        freehold("user", "add", "alice", "--data", "d")
        assert freehold("user", "key", "alice", "--data", "d", text=key.with_suffix(".pub").read_text()).returncode == 0
        known = ["-o", f"UserKnownHostsFile={tmp_path}/known", "-o", "StrictHostKeyChecking=accept-new"]
        words = ["ssh", "-F", "/dev/null", "-i", str(key), "-o", "BatchMode=yes", *known, "-p", str(port), "-T"]
        words.append("git@127.0.0.1")
        until = time.monotonic() + 30
        while (done := subprocess.run(words, capture_output=True, text=True, check=False)).returncode:
            assert time.monotonic() < until, done.stderr
            time.sleep(0.2)
        assert "Hi alice!" in done.stderr


def test_without_its_package_the_second_door_is_refused_in_words(tmp_path, environment):
    script = "import sys; sys.modules['asyncssh'] = None; from freehold.__main__ import main; main()"
    words = [sys.executable, "-c", script, "serve", "--data", "d", "--ssh-port", "2222"]
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1 and "pip install 'freehold[ssh]'" in done.stderr
