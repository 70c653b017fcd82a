"""A private repository: open to its owner, and to everybody else as if it were not there."""

import pytest

from tests.clients.client import Client
from tests.kit.process import HubProcess

pytestmark = pytest.mark.clients

LOOK = """
    from huggingface_hub import HfApi, hf_hub_download, snapshot_download
    from huggingface_hub.utils import HfHubHTTPError

    def outcome(call):
        try:
            call()
            return "seen"
        except HfHubHTTPError as error:
            return f"{type(error).__name__} {error.response.status_code}"

    repo = sys.argv[1]
    api = HfApi()
    answer([
        outcome(lambda: api.model_info(repo)),
        outcome(lambda: api.list_repo_files(repo)),
        outcome(lambda: hf_hub_download(repo, "secret.bin")),
        outcome(lambda: api.upload_file(repo_id=repo, path_or_fileobj=b"!", path_in_repo="x.txt")),
        [model.id for model in api.list_models(author="alice")].count(repo),
    ])
"""


@pytest.fixture
def secret(newest: Client) -> str:
    newest.python(
        """
    from huggingface_hub import HfApi
    HfApi().create_repo("alice/secret", private=True)
    HfApi().upload_file(repo_id="alice/secret", path_or_fileobj=b"secret" * 1000, path_in_repo="secret.bin")
    """
    )
    return "alice/secret"


def test_only_those_who_may_see_it_see_it(newest: Client, secret: str, carol: str) -> None:
    assert newest.python(LOOK, secret) == ["seen", "seen", "seen", "seen", 1]
    hidden = newest.known_as(carol).in_(newest.home / "carol").python(LOOK, secret)
    absent = newest.known_as(carol).in_(newest.home / "carol").python(LOOK, "alice/never-was")
    assert hidden == absent
    assert hidden[:3] == ["RepositoryNotFoundError 404"] * 3
    stranger = newest.known_as(None).in_(newest.home / "stranger").python(LOOK, secret)
    assert stranger == newest.known_as(None).in_(newest.home / "stranger").python(LOOK, "alice/never-was")
    assert stranger[:3] == ["RepositoryNotFoundError 401"] * 3


def test_what_an_organisation_makes_is_seen_as_it_prefers(newest: Client, server: HubProcess) -> None:
    server.command("org", "add", "acme", "--member", "alice:admin")
    made = newest.python(
        """
    from huggingface_hub import HfApi, get_session, get_token
    api, out = HfApi(), []
    for prefers in ("private", "public"):
        get_session().patch(
            f"{api.endpoint}/api/organizations/acme/settings", json={"defaultVisibility": prefers},
            headers={"authorization": f"Bearer {get_token()}"},
        ).raise_for_status()
        for kind in ("model", "dataset"):
            repo = api.create_repo(f"acme/{prefers}-{kind}", repo_type=kind).repo_id
            out.append(api.repo_info(repo, repo_type=kind).private)
    api.create_repo("acme/said", private=True)
    answer([*out, api.model_info("acme/said").private])
    """
    )
    assert made == [True, True, False, False, True]
