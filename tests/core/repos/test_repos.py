"""The gate: who may do what, names and addresses."""

import pytest

from freehold.base.errors import Conflict, Forbidden, Invalid, InvalidName, Moved, RepoNotFound
from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.actor import ANONYMOUS, SYSTEM, Actor
from tests.core.repos.conftest import MODEL, Yard, add, asked

SHOUTED = RepoId(RepoKind.MODEL, "ALICE", "M")


def named(name: str, namespace: str = "alice") -> RepoId:
    return RepoId(RepoKind.MODEL, namespace, name)


def test_a_new_repository_begins_with_a_commit(model: Yard):
    reader = model.repos.reader(ANONYMOUS, MODEL)
    assert [commit.title for commit in reader.commits()] == ["initial commit"]
    assert b"*.safetensors filter=lfs" in model.files()[".gitattributes"]
    assert model.run_git(reader.repo.id, "fsck", "--strict") == ""


def test_a_space_names_its_sdk(yard: Yard):
    space = RepoId(RepoKind.SPACE, "alice", "app")
    with pytest.raises(Invalid):
        yard.repos.create(yard.alice, space)
    assert yard.repos.create(yard.alice, space, sdk="gradio").sdk == "gradio"
    assert b"sdk: gradio" in yard.files(space)["README.md"]


def test_hidden_and_absent_look_alike(yard: Yard):
    yard.repos.create(yard.alice, named("secret"), visibility="private")
    for actor in (ANONYMOUS, yard.carol):
        texts = []
        for name in ("secret", "absent"):
            with pytest.raises(RepoNotFound) as refused:
                yard.repos.reader(actor, named(name))
            texts.append(refused.value.message)
        assert texts[0] == texts[1]
    assert yard.repos.reader(SYSTEM, named("secret")).repo.private


@pytest.mark.parametrize("name", ["", "..", "m\0", "a/b", "m.git"])
def test_a_name_that_may_not_be_is_one_that_nobody_has(model: Yard, name: str):
    for address in (named(name), named("m", namespace=name)):
        with pytest.raises(RepoNotFound):
            model.repos.reader(model.alice, address)
        with pytest.raises(InvalidName):
            model.repos.create(model.alice, address)


def test_an_organisations_default_is_kept(yard: Yard):
    yard.people.add_org(SYSTEM, "quiet", default_visibility="private", members=[("alice", "admin")])
    assert yard.repos.create(yard.alice, named("m", "quiet")).private
    assert not yard.repos.create(yard.alice, named("n", "quiet"), visibility="public").private


def test_names_are_found_in_any_case_and_taken_once(model: Yard):
    assert model.repos.reader(model.bob, SHOUTED).repo.repo_id == MODEL
    with pytest.raises(Conflict) as taken:
        model.repos.create(model.alice, SHOUTED)
    assert taken.value.url == "/ALICE/M"
    model.repos.create(model.alice, RepoId(RepoKind.DATASET, "alice", "m"))
    with pytest.raises(InvalidName):
        model.repos.create(model.alice, named("a..b"))


def test_only_members_create_in_a_namespace(yard: Yard):
    for actor in (ANONYMOUS, yard.mallory, Actor(yard.alice.account_id, "alice", may_write=False)):
        with pytest.raises(Forbidden):
            yard.repos.create(actor, MODEL)
    with pytest.raises(Forbidden):
        yard.repos.create(yard.alice, named("m", "nobody"))
    assert yard.repos.create(yard.bob, named("m", "acme")).namespace == "acme"


def test_a_moved_repository_is_found_at_its_old_address(model: Yard):
    model.repos.move(model.alice, MODEL, named("better", "acme"))
    with pytest.raises(Moved) as moved:
        model.repos.reader(ANONYMOUS, MODEL)
    assert moved.value.to == "acme/better"
    assert model.repos.reader(model.bob, named("better", "acme")).repo.owner_id != model.alice.account_id


def test_a_move_that_hides_leaves_no_trace(model: Yard):
    model.repos.admin(model.alice, MODEL).update(visibility="private")
    model.repos.move(model.alice, MODEL, named("better"))
    with pytest.raises(RepoNotFound):
        model.repos.reader(model.carol, MODEL)


def test_it_refuses_to_move_onto_another(model: Yard):
    model.repos.create(model.alice, named("other"))
    with pytest.raises(Conflict, match="A model repository called alice/other already exists"):
        model.repos.move(model.alice, MODEL, named("other"))
    with pytest.raises(Forbidden):
        model.repos.move(model.carol, MODEL, named("mine", "carol"))


def test_a_new_repository_takes_the_place_of_its_owners_redirect_only(model: Yard):
    model.repos.move(model.alice, MODEL, named("b"))
    model.repos.create(model.alice, MODEL)
    assert model.repos.reader(ANONYMOUS, MODEL).repo.name == "m"
    model.repos.move(model.alice, named("b"), named("b", "acme"))
    with pytest.raises(Conflict):
        model.repos.create(model.alice, named("b"))


def test_a_deleted_repository_is_gone_with_its_packs(model: Yard):
    reader = model.repos.reader(model.alice, MODEL)
    with pytest.raises(Forbidden):
        model.repos.delete(model.carol, MODEL)
    model.repos.delete(model.alice, MODEL)
    with pytest.raises(RepoNotFound):
        model.repos.reader(model.alice, MODEL)
    model.git.purge(reader.repo.id)
    assert list(model.git.blobs.keys("git")) == []
    model.repos.create(model.alice, MODEL)


def test_a_duplicate_has_the_same_history(model: Yard):
    writer = model.repos.writer(model.alice, MODEL)
    tip = writer.commit("main", asked(add("a"))).oid
    writer.create_tag("v1", message="first")
    model.repos.duplicate(model.carol, MODEL, named("copy", "carol"), "private")
    copy = model.repos.reader(model.carol, named("copy", "carol"))
    assert (copy.revision().commit, copy.revision("v1").commit) == (tip, tip)
    assert model.run_git(copy.repo.id, "fsck", "--strict", "--full", "--no-dangling") == ""


def test_settings_are_for_administrators(model: Yard):
    repo = model.repos.admin(model.alice, MODEL).update(gated="auto")
    assert repo.gated == "auto" and model.repos.reader(model.carol, MODEL).repo.gated == "auto"
    with pytest.raises(Forbidden):
        model.repos.admin(model.carol, MODEL)
    for wrong in ({"visibility": "secret"}, {"gated": "perhaps"}):
        with pytest.raises(Invalid):
            model.repos.admin(model.alice, MODEL).update(**wrong)
