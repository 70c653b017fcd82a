"""Webhooks by the unmodified client: every method, the `hf webhooks` commands, and a receiver that parses payloads."""

from collections.abc import Callable, Iterator

import pytest

from tests.clients.client import ENVIRONMENTS, Client
from tests.kit.process import HubProcess

pytestmark = pytest.mark.clients


@pytest.fixture(scope="module")
def listening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """A hub whose webhooks may reach this machine."""
    hub = HubProcess(tmp_path_factory.mktemp("hooks") / "data", outbound_networks="127.0.0.1/32")
    with hub:
        hub.add("alice")
        yield hub
        assert hub.faults() == []


@pytest.fixture
def there(listening: HubProcess, tmp_path) -> Callable[[str], Client]:
    """Makes the client of an environment, signed in as alice."""
    return lambda name: Client(ENVIRONMENTS / name, tmp_path / name, listening.url, listening.token("alice"))


@pytest.fixture
def alice_there(there: Callable[[str], Client]) -> Client:
    return there("new")


RECEIVING = """
    import threading
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    from queue import Queue
    from huggingface_hub import HfApi, WebhookPayload, WebhookWatchedItem
    api, came = HfApi(), Queue()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            came.put((self.headers["X-Webhook-Secret"], WebhookPayload.model_validate_json(body)))
            self.send_response(204)
            self.end_headers()
        def log_message(self, *words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/hook"

    def error(call):
        try:
            return repr(call())
        except Exception as error:
            return type(error).__name__
"""


def test_every_method(alice_there: Client) -> None:
    script = """
    hook = api.create_webhook(url=url, watched=[{"type": "user", "name": "alice"}], domains=["repo"], secret="hush")
    found = api.get_webhook(hook.id)
    listed = [one.id for one in api.list_webhooks()]
    changed = api.update_webhook(hook.id, url=url + "/2", domains=["repo", "discussion"])
    off, on = api.disable_webhook(hook.id), api.enable_webhook(hook.id)
    gone = api.delete_webhook(hook.id)
    watched = [WebhookWatchedItem("user", "alice")]
    answer([hook.id in listed, found.watched == hook.watched == watched, changed.url == url + "/2",
            changed.watched == watched, changed.domains, hook.secret, found.secret, off.disabled, on.disabled, gone,
            error(lambda: api.get_webhook(hook.id)),
            error(lambda: api.create_webhook(url="http://10.0.0.1/", watched=watched)),
            error(lambda: api.create_webhook(job_id="j", watched=watched))])
    """
    assert alice_there.python(RECEIVING + script) == [
        True, True, True, True, ["repo", "discussion"], "hush", "********", True, False, None,
        "HfHubHTTPError", "BadRequestError", "HfHubHTTPError",
    ]  # fmt: skip


def test_a_receiver_understands_what_it_is_sent(alice_there: Client) -> None:
    script = """
    hook = api.create_webhook(url=url, watched=[{"type": "user", "name": "alice"}], secret="hush")
    api.create_repo("alice/told")
    seen = [came.get(timeout=30)]
    info = api.upload_file(repo_id="alice/told", path_or_fileobj=b"hello", path_in_repo="a.txt")
    seen += [came.get(timeout=30)]
    api.update_repo_settings("alice/told", private=True)
    seen += [came.get(timeout=30)]
    api.move_repo("alice/told", "alice/untold")
    seen += [came.get(timeout=30)]
    api.delete_repo("alice/untold")
    seen += [came.get(timeout=30)]
    api.delete_webhook(hook.id)
    brief = [[said.event.scope, said.event.action, secret, said.repo.name, said.webhook.id == hook.id]
             for secret, said in seen]
    answer(brief
           + [seen[1][1].repo.head_sha == seen[1][1].updatedRefs[0].newSha == info.oid, seen[3][1].movedTo.name,
              seen[2][1].repo.private])
    """
    assert alice_there.python(RECEIVING + script) == [
        ["repo", "create", "hush", "alice/told", True],
        ["repo.content", "update", "hush", "alice/told", True],
        ["repo.config", "update", "hush", "alice/told", True],
        ["repo", "move", "hush", "alice/told", True],
        ["repo", "delete", "hush", "alice/untold", True],
        True,
        "alice/untold",
        True,
    ]


def test_the_commands(alice_there: Client) -> None:
    watch = ["--watch", "user:alice"]
    hook_id = alice_there.hf(
        "webhooks", "create", "--url", "https://r.example/", *watch, "--domain", "repo", "--format", "quiet"
    ).split()[-1]
    assert hook_id in alice_there.hf("webhooks", "ls", "--format", "quiet")
    assert "https://r.example/" in alice_there.hf("webhooks", "info", hook_id)
    alice_there.hf("webhooks", "update", hook_id, "--secret", "hush")
    alice_there.hf("webhooks", "disable", hook_id)
    alice_there.hf("webhooks", "enable", hook_id)
    assert "user:alice" in alice_there.hf("webhooks", "ls", "--format", "json")
    alice_there.hf("webhooks", "delete", hook_id, "--yes")
    assert hook_id not in alice_there.hf("webhooks", "ls", "--format", "quiet")


@pytest.mark.parametrize("environment", ["h119", "h030"])
def test_older_clients(there: Callable[[str], Client], environment: str) -> None:
    script = """
    from huggingface_hub import HfApi
    api = HfApi()
    hook = api.create_webhook(url="https://r.example/", watched=[{"type": "user", "name": "alice"}], secret="hush")
    changed = api.update_webhook(hook.id, url="https://s.example/", domains=["discussion"])
    off = api.disable_webhook(hook.id)
    there = hook.id in [one.id for one in api.list_webhooks()]
    api.delete_webhook(hook.id)
    answer([changed.url, changed.domains, changed.watched[0].name, off.disabled, there])
    """
    assert there(environment).python(script) == ["https://s.example/", ["discussion"], "alice", True, True]
