"""A gated model and the stock client: asked for on the page, accepted, downloaded, rejected, and refused everywhere."""

import re
from collections.abc import Callable
from html import unescape

import httpx
import pytest

from tests.clients.client import Client
from tests.kit.process import HubProcess

pytestmark = pytest.mark.clients

MAKE = """
    import numpy
    from huggingface_hub import HfApi
    api, repo, content = HfApi(), sys.argv[1], numpy.random.default_rng(7).bytes(300_000)
    api.create_repo(repo)
    fields = "extra_gated_fields:\\n  Company: text\\n  I agree: checkbox\\n"
    card = f"---\\nextra_gated_prompt: Harm nobody.\\n{fields}---\\n"
    api.upload_file(repo_id=repo, path_or_fileobj=card.encode(), path_in_repo="README.md")
    api.upload_file(repo_id=repo, path_or_fileobj=b"small", path_in_repo="config.json")
    api.upload_file(repo_id=repo, path_or_fileobj=content, path_in_repo="model.safetensors")
    api.update_repo_settings(repo, gated=sys.argv[2])
    answer(api.model_info(repo).gated)
"""

TRY = """
    import tempfile
    from huggingface_hub import HfApi, hf_hub_download, snapshot_download
    from huggingface_hub.errors import GatedRepoError

    def outcome(call):
        try:
            call()
            return "in"
        except GatedRepoError as error:
            return str(error)

    repo, api = sys.argv[1], HfApi()
    fresh = dict(cache_dir=tempfile.mkdtemp())
    answer([
        outcome(lambda: api.auth_check(repo)),
        outcome(lambda: hf_hub_download(repo, "config.json", **fresh)),
        outcome(lambda: hf_hub_download(repo, "model.safetensors", **fresh)),
        outcome(lambda: snapshot_download(repo, **fresh)),
        outcome(lambda: api.file_exists(repo, "config.json")),
    ])
"""

# The client's own story of access requests, in its own words.
STORY = """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError
    api, repo, user = HfApi(), sys.argv[1], sys.argv[2]

    def lists():
        calls = (api.list_pending_access_requests, api.list_accepted_access_requests, api.list_rejected_access_requests)
        return [[one.username for one in call(repo)] for call in calls]

    def refused(call, *words, **named):
        try:
            call(repo, *words, **named)
            return 0
        except HfHubHTTPError as error:
            return error.response.status_code

    told = [lists()]
    api.grant_access(repo, user)
    (granted,) = api.list_accepted_access_requests(repo)
    told += [lists(), [granted.status, granted.email, granted.timestamp.year > 2000], refused(api.grant_access, user)]
    api.cancel_access_request(repo, user)
    told += [lists(), refused(api.cancel_access_request, user)]
    api.reject_access_request(repo, user, rejection_reason="This is a rejection reason")
    told += [lists(), refused(api.reject_access_request, user, rejection_reason=None)]
    api.accept_access_request(repo, user)
    told += [lists(), refused(api.accept_access_request, user), refused(api.accept_access_request, "who-is-that")]
    if "request_id" in api.reject_access_request.__wrapped__.__code__.co_varnames:
        api.reject_access_request(repo, request_id=granted.request_id, rejection_reason=None)
    else:
        api.reject_access_request(repo, user, rejection_reason=None)
    answer(told + [lists()])
"""


class Visitor:
    """Somebody in front of the hub's pages."""

    def __init__(self, server: HubProcess, name: str) -> None:
        self.server = server
        self.client = httpx.Client(
            base_url=server.url, headers={"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
        )
        link = re.search(r"/login/link/\S+", server.command("user", "link", name))
        assert link
        assert self.send(link.group(0)).status_code == 303

    def send(self, path: str, on: str = "", **fields: str) -> httpx.Response:
        """Send the form at `path` of the page `on`, its hidden fields included."""
        page = self.client.get(on or path).text
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
        fields = {name: unescape(value) for name, value in hidden.items()} | fields
        return self.client.post(path, data=fields, headers={"Origin": self.server.url})


@pytest.mark.parametrize("environment", ["new", "h119", "h030"])
def test_the_clients_own_story_of_access_requests(client_of: Callable[[str], Client], carol: str, environment: str):
    alice = client_of(environment)
    repo = f"alice/story-{environment}"
    client_of("new").python(MAKE, repo, "auto")
    nobody, pending, accepted, rejected = ([[], [], []], [["carol"], [], []], [[], ["carol"], []], [[], [], ["carol"]])
    assert alice.python(STORY, repo, "carol") == [
        nobody, accepted, ["accepted", None, True], 400, pending, 404, rejected, 404, accepted, 404, 404, rejected,
    ]  # fmt: skip


def test_asked_on_the_page_accepted_downloaded_and_refused_again(server: HubProcess, newest: Client, carol: str):
    repo = "alice/vault"
    assert newest.python(MAKE, repo, "manual") == "manual"
    hers = newest.known_as(carol).in_(newest.home / "carol")
    assert all("not in the authorized list" in one for one in hers.python(TRY, repo))
    assert all("Please log in" in one for one in newest.known_as(None).in_(newest.home / "nobody").python(TRY, repo))
    page = Visitor(server, "carol")
    assert page.send(f"/{repo}/gate", f"/{repo}", q0="Birds", q1="on").status_code == 303
    assert all("awaiting a review" in one for one in hers.python(TRY, repo))
    newest.python("from huggingface_hub import HfApi; HfApi().accept_access_request(sys.argv[1], 'carol')", repo)
    assert hers.python(TRY, repo) == ["in"] * 5
    hers.hf("download", repo, "--local-dir", newest.home / "out")
    assert (newest.home / "out" / "model.safetensors").stat().st_size == 300_000
    newest.python(
        "from huggingface_hub import HfApi; HfApi().reject_access_request(sys.argv[1], 'carol', rejection_reason='x')",
        repo,
    )
    assert all("has been rejected by the repo's authors" in one for one in hers.python(TRY, repo))


def test_hf_shuts_and_opens_a_gate(newest: Client, carol: str) -> None:
    newest.python(MAKE, "alice/door", "auto")
    hers = newest.known_as(carol).in_(newest.home / "carol")
    with pytest.raises(AssertionError, match="requires approval"):
        hers.hf("download", "alice/door", "config.json")
    newest.hf("repos", "settings", "alice/door", "--gated", "false")
    assert hers.hf("download", "alice/door", "config.json")
    newest.hf("repos", "settings", "alice/door", "--gated", "manual")
    assert (
        newest.python("from huggingface_hub import HfApi; answer(HfApi().model_info('alice/door').gated)") == "manual"
    )
