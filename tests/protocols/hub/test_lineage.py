"""What was made from what, both ways: right after a commit, after renames, and never what is not to be seen."""

from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.actor import SYSTEM
from freehold.core.catalog.lineage import Lineage
from tests.kit.builders import a_commit, a_model
from tests.web.browsing import Browser, signed_in


def card(*bases, **more):
    lines = [f"base_model: [{', '.join(bases)}]", *(f"{key}: {value}" for key, value in more.items())]
    return {"README.md": ("---\n" + "\n".join(lines) + "\n---\n").encode()}


def count(who, model="alice/base"):
    return who.get(f"models/{model}", expand="childrenModelCount").json()["childrenModelCount"]


def test_a_base_counts_what_was_made_from_it(hub, alice, nobody):
    a_model(hub, "alice/base")
    a_model(hub, "carol/tuned", files=card("alice/base"))
    a_model(hub, "carol/small", files=card("Alice/Base", base_model_relation="quantized"))
    hub.work()
    assert count(nobody) == 2
    tree = hub.rooms.catalog.lineage.counts(SYSTEM, hub.rooms.repos.reader(SYSTEM, model("alice/base")).repo)
    assert tree == {"finetune": 1, "quantized": 1}
    assert nobody.get("models/carol/small", expand="baseModels").json()["baseModels"] == ["Alice/Base"]
    listed = nobody.get("models", filter="base_model:quantized:Alice/Base").json()
    assert [one["id"] for one in listed] == ["carol/small"]
    every = nobody.get("models", expand="childrenModelCount").json()
    assert {one["id"]: one["childrenModelCount"] for one in every} == {
        "alice/base": 2,
        "carol/tuned": 0,
        "carol/small": 0,
    }


def model(name):
    return RepoId(RepoKind.MODEL, *name.split("/"))


def test_what_may_not_be_seen_is_neither_listed_nor_counted(hub, alice, bob, carol, nobody):
    a_model(hub, "alice/base", visibility="private")
    a_model(hub, "acme/secret", visibility="private", files=card("carol/open"))
    a_model(hub, "carol/open", files=card("alice/base"))
    hub.work()
    assert [count(who, "carol/open") for who in (bob, carol, nobody)] == [1, 0, 0]
    assert count(alice, "alice/base") == 1
    for page in ("/carol/open", "/carol/open/lineage"):
        text = signed_in(hub, "carol").get(page).text
        assert "secret" not in text
        assert ">alice/base</span>" in text
        assert 'href="/alice/base"' not in text
        assert 'href="/alice/base"' in signed_in(hub, "alice").get(page).text
    assert "secret" in signed_in(hub, "bob").get("/carol/open/lineage").text


def test_edges_outlive_the_names_of_base_and_owner(hub, nobody):
    base = a_model(hub, "alice/base")
    a_model(hub, "carol/tuned", files=card("alice/base"))
    hub.work()
    hub.rooms.repos.move(hub.actor("alice"), base, model("alice/first"))
    hub.work()
    assert count(nobody, "alice/first") == 1
    text = Browser(hub).get("/carol/tuned").text
    assert 'href="/alice/first"' in text
    both = a_model(hub, "carol/both", files=card("alice/first", "alice/base"))
    hub.work()
    assert count(nobody, "alice/first") == 2
    assert Browser(hub).get("/alice/first/lineage").text.count(f'href="/{both.full}"') == 1


def test_a_child_that_changes_its_mind_or_goes_is_forgotten(hub, nobody):
    a_model(hub, "alice/base")
    tuned = a_model(hub, "carol/tuned", files=card("alice/base"))
    hub.work()
    a_commit(hub, tuned, {"README.md": b"# By itself\n"})
    hub.work()
    assert count(nobody) == 0
    a_commit(hub, tuned, card("alice/base"))
    hub.work()
    assert count(nobody) == 1
    hub.rooms.repos.delete(hub.actor("carol"), tuned)
    hub.work()
    assert count(nobody) == 0


def test_a_circle_of_bases_ends(hub):
    a_model(hub, "alice/a", files=card("alice/b"))
    a_model(hub, "alice/b", files=card("alice/a"))
    a_model(hub, "alice/self", files=card("alice/self", "elsewhere/far"))
    hub.work()
    lineage: Lineage = hub.rooms.catalog.lineage
    repo = hub.rooms.repos.reader(SYSTEM, model("alice/a")).repo
    assert [[base.name for base in level] for level in lineage.ancestors(SYSTEM, repo)] == [["alice/b"]]
    assert Browser(hub).get("/alice/self").status_code == 200


def test_the_list_comes_in_pages(hub):
    a_model(hub, "alice/base")
    for number in range(5):
        a_model(hub, f"carol/m{number}", files=card("alice/base", base_model_relation="adapter"))
    hub.work()
    repo = hub.rooms.repos.reader(SYSTEM, model("alice/base")).repo
    lineage, seen, after = hub.rooms.catalog.lineage, [], ""
    while page := lineage.children(SYSTEM, repo, "adapter", after=after, limit=2):
        seen += [child.repo.name for child in page]
        after = page[-1].cursor
    assert sorted(seen) == [f"m{number}" for number in range(5)]
    assert lineage.children(SYSTEM, repo, "merge") == []
    text = Browser(hub).get("/alice/base/lineage?relation=adapter").text
    assert "Adapters <b>5</b>" in text
    assert Browser(hub).get("/alice/base/lineage?after=x").status_code == 400
