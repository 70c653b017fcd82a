"""Pages about repositories show what the visitor may see, as it is, and nothing else."""

import json
import struct

import pytest

from freehold.base.ids import GIT_KINDS, RepoKind
from tests.kit.builders import a_commit, a_dataset, a_model, a_repo
from tests.web.browsing import Browser, signed_in

HEADER = json.dumps({"w": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}).encode()
WEIGHTS = struct.pack("<Q", len(HEADER)) + HEADER + b"\0" * 24
FILES = {
    "README.md": b"---\nlicense: mit\ntags: [feathers]\n---\n# The birds\n\nSee [the code](src/a.py).\n",
    "src/a.py": b"def sing():\n    return '<b>tweet</b>'\n",
    "table.csv": b"name,count\nwren,3\n",
    "model.safetensors": WEIGHTS,
    "picture.png": b"\x89PNG\r\n\x1a\n",
    "blob.dat": b"\0\1\2",
    "a b/c#d?.txt": b"odd name",
}


@pytest.fixture
def birds(hub):
    return a_model(hub, files=FILES)


def test_the_card_page_shows_card_facts_and_snippets(hub, birds):
    text = Browser(hub).get("/alice/birds").text
    assert "The birds</h1>" in text
    assert 'href="/alice/birds/blob/main/src/a.py"' in text
    assert "<dd>MIT</dd>" in text
    assert '<a href="/models?safety=no-code">Only formats without code</a>' in text
    assert "feathers" in text
    assert "HF_ENDPOINT" in text
    assert "http://hub.test" in text


def test_a_hidden_repository_looks_like_none(hub):
    a_model(hub, "alice/secret", visibility="private", files=FILES)
    views = ("", "/tree/main", "/blob/main/README.md", "/commits/main", "/settings")
    carol = signed_in(hub, "carol")
    for view in views:
        hidden, absent = (carol.get(f"/alice/{name}{view}") for name in ("secret", "nothing"))
        assert hidden.status_code == absent.status_code == 404, view
        assert hidden.text.replace("secret", "nothing") == absent.text
        for page in ("/", "/alice", "/models"):
            assert "secret" not in carol.get(page).text
    assert Browser(hub).get("/alice/secret").status_code == 401
    assert "secret" in signed_in(hub, "alice").get("/alice").text


def test_a_folder_lists_names_sizes_and_last_changes(hub, birds):
    a_commit(hub, birds, {"src/b.py": b"x"}, summary="Add a second voice")
    text = Browser(hub).get("/alice/birds/tree/main").text
    assert text.index(">src<") < text.index(">README.md<")
    assert "Add a second voice" in text
    assert "/alice/birds/resolve/main/model.safetensors?download=true" in text
    assert "/alice/birds/tree/main/a%20b" in text
    assert ">b.py<" in Browser(hub).get("/alice/birds/tree/main/src").text


@pytest.mark.parametrize(
    ("path", "shows"),
    [
        ("src/a.py", "&lt;b&gt;tweet&lt;/b&gt;"),
        ("README.md", "The birds</h1>"),
        ("README.md?source=1", "license"),
        ("table.csv", "<td>wren</td>"),
        ("table.csv?source=1", "wren,3"),
        ("model.safetensors", "<b>6</b> parameters"),
        ("picture.png", '<img src="?embed=1"'),
        ("blob.dat", "not shown here"),
        ("a%20b/c%23d%3F.txt", "odd name"),
    ],
)
def test_a_file_is_shown_as_what_it_is(hub, birds, path, shows):
    answer = Browser(hub).get(f"/alice/birds/blob/main/{path}")
    assert answer.status_code == 200
    assert shows in answer.text


def test_a_file_address_of_a_folder_leads_to_it(hub, birds):
    answer = Browser(hub).get("/alice/birds/blob/main/src")
    assert (answer.status_code, answer.headers["location"]) == (302, "/alice/birds/tree/main/src")


def test_history_and_commits_tell_what_changed(hub, birds):
    oid = a_commit(hub, birds, {"src/a.py": b"def sing():\n    return 'caw'\n"}, summary="Sing <louder>")
    browser = Browser(hub)
    assert "Sing &lt;louder&gt;" in browser.get("/alice/birds/commits/main").text
    commit = browser.get(f"/alice/birds/commit/{oid}").text
    assert "return &#39;caw&#39;" in commit
    assert "src/a.py" in commit


def test_the_first_commit_shows_all_its_lines(hub, birds):
    first = hub.rooms.repos.reader(hub.actor("alice"), birds).commits()[-1]
    answer = Browser(hub).get(f"/alice/birds/commit/{first.oid}")
    assert answer.status_code == 200
    assert 'change-added">added' in answer.text
    assert 'class="diff' in answer.text


@pytest.mark.parametrize(
    "path",
    ["/tree/nope", "/tree/main/nope", "/blob/main/nope", "/commits/nope", "/commit/" + "0" * 40, "/blob/main/src/../x"],
)
def test_what_is_absent_is_said_to_be(hub, birds, path):
    answer = Browser(hub).get(f"/alice/birds{path}")
    assert answer.status_code == 404
    assert "<h1>Not found</h1>" in answer.text


@pytest.mark.parametrize("kind", GIT_KINDS)
def test_every_kind_has_its_pages(hub, kind):
    a_repo(hub, kind, "acme/thing", files={"README.md": b"# Hi"}, sdk="static" if kind is RepoKind.SPACE else None)
    browser = Browser(hub)
    for view in ("", "/tree/main", "/commits/main", "/blob/main/README.md"):
        assert browser.get(f"/{kind.prefix}acme/thing{view}").status_code == 200
    assert "thing" in browser.get(f"/{kind.plural}").text


def test_a_new_repository_is_made_by_its_form(hub):
    alice = signed_in(hub, "alice")
    answer = alice.post("/new", kind="dataset", owner="acme", name="songs", visibility="private")
    assert (answer.status_code, answer.headers["location"]) == (303, "/datasets/acme/songs")
    assert alice.get("/datasets/acme/songs").status_code == 200
    assert "already exists" in alice.post("/new", kind="dataset", owner="acme", name="songs").text
    assert alice.post("/new", kind="model", owner="carol", name="mine").status_code == 400


def test_settings_are_for_those_who_administer(hub, birds):
    alice, bob = signed_in(hub, "alice"), signed_in(hub, "bob")
    assert bob.get("/alice/birds/settings").status_code == 403
    there = "/alice/birds/settings"
    assert bob.post(there, on="/settings/tokens", visibility="private").status_code == 403
    assert alice.post(there, visibility="private").status_code == 303
    assert Browser(hub).get("/alice/birds").status_code == 401
    assert alice.post(f"{there}/delete", on=there, name="birds").status_code == 400
    assert alice.get("/alice/birds").status_code == 200
    assert alice.post(f"{there}/delete", on=there, name="alice/birds").status_code == 303
    assert alice.get("/alice/birds").status_code == 404


def test_listings_narrow_and_page(hub):
    for number in range(32):
        a_model(hub, f"alice/m{number:02}")
    a_dataset(hub)
    browser = Browser(hub)
    first = browser.get("/models")
    assert first.text.count('class="repo-row"') == 30
    after = first.text.partition('href="?after=')[2].partition('"')[0]
    assert browser.get(f"/models?after={after}").text.count('class="repo-row"') == 2
    assert browser.get("/models?search=m07").text.count('class="repo-row"') == 1
    assert browser.get("/models?author=bob").text.count('class="repo-row"') == 0
    assert browser.get("/models?after=junk").status_code == 400


def test_a_repository_is_renamed_and_moved_by_its_form(hub, birds):
    alice, there = signed_in(hub, "alice"), "/alice/birds/settings"
    answer = alice.post(f"{there}/move", on=there, owner="acme", name="finches")
    assert (answer.status_code, answer.headers["location"]) == (303, "/acme/finches")
    assert Browser(hub).get("/acme/finches").status_code == 200
    assert Browser(hub).get("/alice/birds").headers["location"].endswith("/acme/finches")


def test_a_refused_move_says_why_and_keeps_what_was_typed(hub, birds):
    a_model(hub, "alice/taken")
    alice, bob, there = signed_in(hub, "alice"), signed_in(hub, "bob"), "/alice/birds/settings"
    for owner, name, why in (
        ("alice", "taken", "already exists"),
        ("carol", "birds", "have the rights to create a model"),
        ("alice", "no/name", "name"),
    ):
        answer = alice.post(f"{there}/move", on=there, owner=owner, name=name)
        assert answer.status_code == 400
        assert why in answer.text
        assert f'value="{name}"' in answer.text
    assert alice.get("/alice/birds").status_code == 200
    assert bob.post(f"{there}/move", on="/settings/tokens", owner="bob", name="mine").status_code == 403
    assert '<option translate="no">carol' not in alice.get(there).text
    assert "Umbenennen" in alice.get(there, "de").text
