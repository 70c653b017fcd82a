"""Likes, people, organisations and what runs for them, as the unmodified clients ask for them."""

import httpx
import pytest

from tests.clients.client import Client
from tests.kit.process import HubProcess

pytestmark = pytest.mark.clients

BEGIN = """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import *
    api = HfApi()

    def error(call):
        try:
            return repr(call())
        except Exception as error:
            return type(error).__name__
"""


@pytest.fixture(scope="module")
def acme(server: HubProcess) -> str:
    server.command("org", "add", "acme", "--member", "alice:admin", "--member", "carol:read")
    return "acme"


def like(server: HubProcess, token: str, *repos: str) -> None:
    """The stock clients have no call for it."""
    for repo in repos:
        httpx.post(f"{server.url}/api/{repo}/like", headers={"Authorization": f"Bearer {token}"}).raise_for_status()


@pytest.mark.parametrize("environment", ["new", "h119"])
def test_likes_are_listed_counted_and_taken_back(client_of, server, alice, carol, environment: str) -> None:
    client, name = client_of(environment), f"liked-{environment}"
    client.python(
        BEGIN
        + """
    for kind in ("model", "dataset"):
        api.create_repo("alice/" + sys.argv[1], repo_type=kind)
    """,
        name,
    )
    like(server, alice, f"models/alice/{name}", f"datasets/alice/{name}")
    like(server, carol, f"models/alice/{name}")
    script = """
    repo = "alice/" + sys.argv[1]
    likers = [one.username for one in api.list_repo_likers(repo)]
    likes = api.list_liked_repos()
    seen = [repo in likes.models, repo in likes.datasets, likes.user, api.model_info(repo).likes]
    top = next(iter(api.list_models(sort="likes", limit=1))).id
    api.unlike(repo)
    api.unlike(repo, repo_type="dataset")
    after = api.list_liked_repos("alice")
    answer([likers, seen, top, [repo in after.models, repo in after.datasets, api.model_info(repo).likes],
            error(lambda: api.unlike("alice/none"))])
    """
    assert client.python(BEGIN + script, name) == [
        ["carol", "alice"],
        [True, True, "alice", 2],
        f"alice/{name}",
        [False, False, 1],
        "RepositoryNotFoundError",
    ]


@pytest.mark.parametrize("environment", ["new", "h119"])
def test_people_and_organisations_are_looked_up(client_of, acme, environment: str) -> None:
    script = """
    api.create_repo("acme/shown-" + sys.argv[1])
    api.create_repo("acme/hidden-" + sys.argv[1], private=True)
    user, org = api.get_user_overview("alice"), api.get_organization_overview("acme")
    other = HfApi(token=False).get_organization_overview("acme")
    members = sorted(one.username for one in api.list_organization_members("acme"))
    empty = [list(api.list_organization_followers("acme")), list(api.list_user_followers("alice")),
             list(api.list_user_following("alice"))]
    answer([user.username, user.avatar_url.startswith(api.endpoint), [one.name for one in user.orgs],
            org.fullname, org.num_users, org.num_models - other.num_models, members, empty,
            error(lambda: api.get_user_overview("nobody-here")), error(lambda: api.get_organization_overview("alice"))])
    """
    seen = client_of(environment).python(BEGIN + script, environment)
    hidden = seen.pop(5)
    assert hidden >= 1
    assert seen == [
        "alice", True, ["acme"], "acme", 2, ["alice", "carol"], [[], [], []], "HfHubHTTPError", "HfHubHTTPError"
    ]  # fmt: skip


def test_the_command_lists_repositories_with_what_they_store(newest: Client, acme: str) -> None:
    newest.hf("repos", "create", "alice/stored")
    assert "alice/stored" in newest.hf("repos", "ls", "--limit", "0")
    newest.hf("repos", "create", "acme/stored", "--private")
    assert "acme/stored" in newest.hf("repos", "ls", "--namespace", "acme", "--search", "STORED")


def test_what_runs_is_nothing_and_clients_understand_it(newest: Client) -> None:
    script = """
    api.create_repo("alice/empty-space", repo_type="space", space_sdk="gradio")
    runtime = api.get_space_runtime("alice/empty-space")
    answer([list(api.list_jobs()), list(api.list_scheduled_jobs()), api.list_jobs_hardware(),
            api.list_spaces_hardware(), error(lambda: api.inspect_job(job_id="x")), runtime.stage, runtime.hardware,
            error(lambda: api.run_job(image="x", command=["true"]))])
    """
    assert newest.python(BEGIN + script) == [
        [], [], [], [], "JobNotFoundError", "NO_APP_FILE", None, "HfHubHTTPError"
    ]  # fmt: skip
    newest.hf("jobs", "ps")
    newest.hf("jobs", "scheduled", "ps")
    newest.hf("jobs", "hardware")
    assert "NO_APP_FILE" in newest.hf("spaces", "info", "alice/empty-space")


@pytest.mark.parametrize(
    "words",
    [
        ("papers", "ls"),
        ("spaces", "pause", "alice/x"),
        ("jobs", "run", "image", "true"),
        ("spaces", "zero-gpu", "quota"),
    ],
)
def test_what_is_not_built_is_said_in_a_sentence_and_never_a_trace(newest: Client, words: tuple[str, ...]) -> None:
    with pytest.raises(AssertionError) as refused:
        newest.hf(*words)
    assert "This hub" in str(refused.value)
    assert "Traceback" not in str(refused.value)
