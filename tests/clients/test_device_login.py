"""`hf auth login` without a token: the terminal shows a code, a person lets it in with the browser."""

import re
import subprocess
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.clients.client import Client
from tests.kit.process import HubProcess

pytestmark = pytest.mark.clients


def browser_of(server: HubProcess, name: str) -> httpx.Client:
    """A browser in which `name` has signed in by a link."""
    link = server.command("user", "link", name).strip().splitlines()[-1]
    browser = httpx.Client(base_url=server.url, headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=True)
    send(browser, urlsplit(link).path, urlsplit(link).path)
    return browser


def send(browser: httpx.Client, page: str, form: str, **fields: str) -> httpx.Response:
    """Send a form with the token of the page."""
    found = re.search(r'name="csrf" value="([^"]+)"', browser.get(page).text)
    assert found, page
    answer = browser.post(form, data={"csrf": unescape(found[1]), **fields}, headers={"Origin": str(browser.base_url)})
    assert answer.status_code == 200, answer.text
    return answer


def log_in(client: Client) -> "subprocess.Popen[str]":
    """`hf auth login`, waiting."""
    client.home.mkdir(parents=True, exist_ok=True)
    return subprocess.Popen(
        [client.environment / "bin" / "hf", "auth", "login", "--format", "human"],
        env=client._surroundings() | {"PYTHONUNBUFFERED": "1"}, cwd=client.home,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def shown(process: "subprocess.Popen[str]") -> tuple[str, str]:
    """The address and the code that the terminal shows."""
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if found := re.search(r"(http\S+user_code=\S+).*enter the code: (\S+)", said, re.DOTALL):
            return found[1], found[2]
    raise AssertionError(said)


def test_hf_auth_login_by_device_flow_then_whoami_and_upload(
    newest: Client, server: HubProcess, tmp_path: Path
) -> None:
    client = newest.known_as(None)
    process = log_in(client)
    address, code = shown(process)
    page = urlsplit(address)
    assert page.path == "/oauth/device" and page.query == f"user_code={code}"
    browser = browser_of(server, "alice")
    send(browser, f"{page.path}?{page.query}", "/oauth/device/decide", user_code=code, decision="approve")
    said = process.communicate(timeout=60)[0]
    assert process.returncode == 0 and "Login successful" in said, said

    assert "alice" in client.hf("auth", "whoami")
    (tmp_path / "a.txt").write_text("a")
    client.hf("upload", "alice/by-device", tmp_path / "a.txt")
    assert client.hf("download", "alice/by-device", "a.txt")

    stored = (client.home / "hf" / "stored_tokens").read_text()
    assert "refresh_token" in stored and "expires_at" in stored


def test_the_client_renews_its_token_in_the_last_day_of_its_life(newest: Client, server: HubProcess) -> None:
    client = newest.known_as(None)
    process = log_in(client)
    _, code = shown(process)
    send(browser_of(server, "alice"), f"/oauth/device?user_code={code}", "/oauth/device/decide",
         user_code=code, decision="approve")  # fmt: skip
    process.communicate(timeout=60)
    stored = client.home / "hf" / "stored_tokens"
    before = stored.read_text()
    stored.write_text(re.sub(r"expires_at = \d+", "expires_at = 1", before))
    assert "alice" in client.hf("auth", "whoami")
    after = stored.read_text()
    tokens = re.compile(r"hf_token = (\S+)")
    assert tokens.search(after)[1] != tokens.search(before)[1]


def test_a_denied_device_is_told_so(newest: Client, server: HubProcess) -> None:
    process = log_in(newest.known_as(None))
    _, code = shown(process)
    send(browser_of(server, "alice"), f"/oauth/device?user_code={code}", "/oauth/device/decide",
         user_code=code, decision="deny")  # fmt: skip
    said = process.communicate(timeout=60)[0]
    assert process.returncode != 0 and "denied" in said
