"""Fine-grained tokens in the hands of the unmodified client: what they say of themselves, what they open and refuse."""

import pytest

from freehold.app import open_accounts
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.scope import READ_CONTENT, WRITE_REPO, Entity, Part, Scope
from freehold.core.accounts.tokens import NARROW
from freehold.settings import Settings
from tests.clients.client import Client
from tests.kit.process import HubProcess

pytestmark = pytest.mark.clients


def narrow(server: HubProcess, *permissions: str) -> str:
    """A token of alice for what is hers."""
    accounts = open_accounts(Settings(data=server.data))
    try:
        alice = accounts.people.by_name("alice")
        assert alice is not None
        scope = Scope((Part(Entity("user", alice.id, "alice"), frozenset(permissions)),))
        return accounts.tokens.add(SYSTEM, alice.id, "narrow", NARROW, scope=scope)[1]
    finally:
        accounts.close()


def test_a_token_that_writes_repositories_makes_one_and_is_known(server: HubProcess, newest: Client) -> None:
    client = newest.known_as(narrow(server, WRITE_REPO))
    assert "alice" in client.hf("auth", "whoami")
    client.hf("repos", "create", "narrow", "--private")
    said = client.python(
        """
        from huggingface_hub import HfApi
        api = HfApi()
        api.upload_file(path_or_fileobj=b"x", path_in_repo="x.txt", repo_id="alice/narrow")
        answer([api.whoami()["auth"]["accessToken"]["role"], api.model_info("alice/narrow").private])
        """
    )
    assert said == ["fineGrained", True]


def test_a_token_that_only_reads_is_refused_in_words(server: HubProcess, newest: Client) -> None:
    client = newest.known_as(narrow(server, READ_CONTENT))
    said = client.python(
        """
        from huggingface_hub import HfApi
        from huggingface_hub.errors import HfHubHTTPError
        try:
            HfApi().create_repo("alice/refused")
        except HfHubHTTPError as error:
            answer([error.response.status_code, "rights" in str(error)])
        """
    )
    assert said == [403, True]
