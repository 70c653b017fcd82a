"""Collections, made and changed by the unmodified clients and by the `hf` command."""

import json

import pytest

from tests.clients.client import Client

pytestmark = pytest.mark.clients

BEGIN = """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import *
    api = HfApi()

    def status(call):
        try:
            return call() and 0
        except HfHubHTTPError as error:
            return error.response.status_code
"""


@pytest.mark.parametrize("environment", ["new", "h119"])
def test_every_call_for_collections(client_of, environment: str) -> None:
    script = """
    name = sys.argv[1]
    repo = "alice/item-" + name
    api.create_repo(repo)
    made = api.create_collection("List " + name, description="d", exists_ok=True)
    again = api.create_collection("List " + name, exists_ok=True)
    taken = status(lambda: api.create_collection("List " + name))
    api.add_collection_item(made.slug, repo, "model", note="a note")
    api.add_collection_item(made.slug, "2311.12983", "paper")
    full = api.add_collection_item(made.slug, repo, "model", exists_ok=True)
    twice = status(lambda: api.add_collection_item(made.slug, repo, "model"))
    api.update_collection_item(made.slug, full.items[1].item_object_id, position=0, note="first")
    moved = [(one.item_id, one.note, one.position) for one in api.get_collection(made.slug).items]
    renamed = api.update_collection_metadata(made.slug, title="New " + name, theme="green", description="e", position=0)
    old = api.get_collection(made.slug)
    listed = [one.slug for one in api.list_collections(owner="alice", item="models/" + repo, sort="lastModified")]
    api.delete_collection_item(made.slug, full.items[0].item_object_id)
    api.delete_collection_item(made.slug, full.items[0].item_object_id, missing_ok=True)
    left = len(api.get_collection(renamed.slug).items)
    api.delete_collection(renamed.slug)
    api.delete_collection(renamed.slug, missing_ok=True)
    gone = status(lambda: api.get_collection(made.slug))
    answer([made.slug == again.slug, made.slug.startswith("alice/list-" + name), made.url.endswith(made.slug), taken,
            twice, moved, renamed.slug == old.slug == "alice/new-" + name + made.slug[-25:], renamed.theme,
            old.owner["name"], listed == [renamed.slug], left, gone])
    """
    assert client_of(environment).python(BEGIN + script, environment) == [
        True,
        True,
        True,
        409,
        409,
        [["2311.12983", "first", 0], [f"alice/item-{environment}", "a note", 1]],
        True,
        "green",
        "alice",
        True,
        1,
        404,
    ]


def test_a_private_one_is_not_there_for_others(newest: Client, carol: str) -> None:
    slug = newest.python(BEGIN + "    answer(api.create_collection('Secret', private=True).slug)")
    script = """
    slug = sys.argv[1]
    answer([status(lambda: api.get_collection(slug)), status(lambda: api.delete_collection(slug)),
            [one.slug for one in api.list_collections(owner="alice") if one.slug == slug],
            status(lambda: api.create_collection("Mine", namespace="alice"))])
    """
    assert newest.known_as(carol).python(BEGIN + script, slug) == [404, 404, [], 403]


def test_lists_go_on_over_pages(newest: Client) -> None:
    script = """
    for number in range(25):
        api.create_collection(f"Page {number}")
    answer([len(list(api.list_collections(owner="alice"))) >= 25, len(list(api.list_collections(limit=3)))])
    """
    assert newest.python(BEGIN + script) == [True, 3]


def test_the_command_speaks_of_collections(newest: Client) -> None:
    newest.hf("repos", "create", "alice/by-hand")
    made = newest.hf("collections", "create", "By hand", "--description", "made in a shell")
    slug = next(word for word in made.split() if "alice/by-hand-" in word).rpartition("alice/")[2]
    slug = "alice/" + slug.strip("',\"")
    newest.hf("collections", "add-item", slug, "alice/by-hand", "model", "--note", "look")
    info = newest.hf("collections", "info", slug, "--format", "json")
    item = json.loads(info)["items"][0]
    assert (item["item_id"], item["note"]) == ("alice/by-hand", "look")
    newest.hf("collections", "update-item", slug, item["item_object_id"], "--position", "0")
    newest.hf("collections", "update", slug, "--title", "By foot", "--private")
    assert "by-foot" in newest.hf("collections", "ls", "--owner", "alice", "--limit", "100", "--format", "json")
    newest.hf("collections", "delete-item", slug, item["item_object_id"])
    newest.hf("collections", "delete", slug)


def test_a_bucket_stands_beside_repositories(newest: Client) -> None:
    script = """
    api.create_bucket("alice/pail", exist_ok=True)
    made = api.create_collection("With a bucket")
    full = api.add_collection_item(made.slug, "alice/pail", "bucket")
    answer([(one.item_type, one.item_id) for one in full.items])
    """
    assert newest.python(BEGIN + script) == [["bucket", "alice/pail"]]
