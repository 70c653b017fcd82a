"""The Community pages: a thread from its form to its end, what each visitor may do there, and that words stay words."""

import json
import re
import struct

import pytest

from freehold.core.repos.requests import AddFile, CommitRequest
from tests.kit.builders import a_commit, a_model
from tests.web.browsing import Browser, signed_in
from tests.web.hostile import SCRIPTS

LIST = "/alice/birds/discussions"
ONE = f"{LIST}/1"
FORMS = ("comment", "edit", "hide", "react", "title", "status", "merge", "pin")


@pytest.fixture
def birds(hub):
    return a_model(hub, files={"a.txt": b"one\ntwo\nthree\n"})


@pytest.fixture
def carol(hub, birds) -> Browser:
    return signed_in(hub, "carol")


@pytest.fixture
def alice(hub, birds) -> Browser:
    return signed_in(hub, "alice")


def opened(browser: Browser, title: str = "A question", text: str = "How?", kind: str = "discussion") -> str:
    answer = browser.post(f"{LIST}/new", title=title, text=text, kind=kind)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def a_pull(hub, birds, files: dict[str, bytes], by: str = "carol") -> str:
    operations = [AddFile(path, content) for path, content in files.items()]
    writer = hub.rooms.repos.proposer(hub.actor(by), birds)
    return f"{LIST}/{writer.commit('main', CommitRequest('Change', operations=operations), create_pr=True).pull_number}"


def header(**tensors: tuple[str, list[int], int]) -> bytes:
    at, entries = 0, {}
    for name, (dtype, shape, size) in tensors.items():
        entries[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + size]}
        at += size
    raw = json.dumps(entries).encode()
    return struct.pack("<Q", len(raw)) + raw + b"\0" * at


def test_a_discussion_is_opened_answered_renamed_closed_and_found_again(carol, alice):
    assert opened(carol, "Where does it come from?", "I **wonder**, @alice") == ONE
    assert "<strong>wonder</strong>" in alice.get(ONE).text
    assert 'href="/alice"' in alice.get(ONE).text
    assert ">1<" in alice.get("/alice/birds").text  # the tab's count
    assert alice.post(f"{ONE}/comment", on=ONE, text="From the woods").status_code == 303
    carol.post(f"{ONE}/title", on=ONE, title="From where?")
    carol.post(f"{ONE}/comment", on=ONE, text="Thanks", status="closed")
    text = carol.get(ONE).text
    assert [word in text for word in ("From the woods", "From where?", "closed this", "Reopen")] == [True] * 4
    assert "From where?" not in carol.get(LIST).text
    assert "From where?" in carol.get(f"{LIST}?status=closed").text
    carol.post(f"{ONE}/status", on=ONE, status="open")
    assert "From where?" in carol.get(f"{LIST}?kind=discussion").text
    assert "From where?" not in carol.get(f"{LIST}?kind=pull").text


def test_comments_are_edited_marked_and_hidden(hub, carol, alice):
    opened(carol)
    event = hub.rooms.discussions.events(hub.rooms.repos.reader(hub.actor("alice"), a_birds()), 1)[0].id
    edited = carol.post(f"{ONE}/edit", on=ONE, comment=event, text="Why?")
    assert edited.headers["Location"] == f"{ONE}#c-{event}"
    alice.post(f"{ONE}/react", on=ONE, comment=event, add="👍")
    text = carol.get(ONE).text
    assert "Earlier versions (1)" in text
    assert "👍 1" in text
    alice.post(f"{ONE}/pin", on=ONE, pinned="1")
    assert "Pinned" in carol.get(LIST).text
    alice.post(f"{ONE}/hide", on=ONE, comment=event)
    text = carol.get(ONE).text
    assert "Why?" not in text
    assert "was hidden" in text


def a_birds():
    from freehold.base.ids import RepoId, RepoKind

    return RepoId(RepoKind.MODEL, "alice", "birds")


def test_a_pull_request_is_looked_at_and_merged(hub, birds, alice):
    one = a_pull(hub, birds, {"a.txt": b"one\n2\nthree\n", "b.txt": b"new\n"})
    files = alice.get(f"{one}/files").text
    assert '<td class="diff-number">2</td><td class="diff-number"></td><td class="diff-text">-two</td>' in files
    assert '<td class="diff-number"></td><td class="diff-number">2</td><td class="diff-text">+2</td>' in files
    assert "2 files changed" in files
    assert "Change</a>" in alice.get(f"{one}/commits").text
    talk = alice.get(one).text
    assert "Merge by fast-forward" in talk
    head = hub.rooms.repos.reader(hub.actor("alice"), birds).pull(1).head
    assert alice.post(f"{one}/merge", on=one, head=head, how="merge").status_code == 303
    assert "merged this as" in alice.get(one).text
    assert "+2</td>" in alice.get(f"{one}/files").text


def test_a_merge_commit_is_announced_and_a_conflict_is_named_by_file(hub, birds, alice):
    one = a_pull(hub, birds, {"b.txt": b"b"})
    two = a_pull(hub, birds, {"a.txt": b"theirs\n"})
    a_commit(hub, birds, {"a.txt": b"ours\n"})
    assert "Merge by a merge commit" in alice.get(one).text
    conflict = alice.get(two).text
    assert '<li class="mono">a.txt</li>' in conflict
    assert "Merge by" not in conflict
    head = hub.rooms.repos.reader(hub.actor("alice"), birds).pull(2).head
    refused = alice.post(f"{two}/merge", on=two, head=head)
    assert (refused.status_code, "a.txt" in refused.text) == (409, True)


def test_what_grew_unseen_is_not_merged(hub, birds, alice):
    one = a_pull(hub, birds, {"b.txt": b"b"})
    head = hub.rooms.repos.reader(hub.actor("alice"), birds).pull(1).head
    writer = hub.rooms.repos.proposer(hub.actor("carol"), birds)
    writer.commit("refs/pr/1", CommitRequest("More", operations=[AddFile("c.txt", b"c")]))
    assert "new commits" in alice.post(f"{one}/merge", on=one, head=head).text
    assert alice.post(f"{one}/merge", on=one).status_code == 400


def test_weights_are_compared_by_header_and_large_files_by_size(hub, birds, alice):
    old = header(kept=("F32", [2], 8), moved=("F32", [2], 8), gone=("F32", [1], 4))
    a_commit(hub, birds, {"m.safetensors": old, "big.bin": b"x" * (10 << 20)})
    new = header(kept=("F32", [2], 8), moved=("F16", [4], 8), fresh=("I8", [4], 4))
    one = a_pull(hub, birds, {"m.safetensors": new, "big.bin": b"y" * (12 << 20)})
    text = alice.get(f"{one}/files").text
    rows = [row for row in text.split("<tr>") if "change-" in row]
    assert [name for name in ("moved", "gone", "fresh") if any(f">{name}<" in row for row in rows)] == [
        "moved", "gone", "fresh",
    ]  # fmt: skip
    assert "F32 2" in text
    assert "F16 4" in text
    assert "1 tensor keeps its type and shape" in text
    assert "10.5 MB → 12.6 MB" in text
    assert "oid sha256" not in text


def test_a_draft_tells_how_to_fill_it_and_is_opened_by_its_author(carol, alice):
    one = opened(carol, "A change", "Soon", "pull")
    assert "git push origin HEAD:refs/pr/1" in carol.get(one).text
    assert "Merge" not in alice.get(one).text.partition("There are no changes yet")[2].partition("</section>")[0]
    carol.post(f"{one}/status", on=one, status="open")
    assert "Mark as merged" in alice.get(one).text


def test_a_form_that_is_incomplete_keeps_what_was_typed(carol):
    answer = carol.post(f"{LIST}/new", title=" ", text="A long <b>text</b>", kind="discussion")
    assert (answer.status_code, "A long &lt;b&gt;text&lt;/b&gt;" in answer.text) == (400, True)
    assert "A title is missing" in answer.text
    opened(carol)
    long = carol.post(f"{ONE}/comment", on=ONE, text="ä" * 60_000)
    assert long.status_code == 303  # which is 360 kB on its way


def test_visitors_see_forms_only_for_what_they_may_do(hub, carol, alice):
    opened(alice)
    nobody = Browser(hub).get(ONE).text
    assert "Sign in</a> to take part" in nobody
    assert f'action="{ONE}/' not in nobody
    shown = carol.get(ONE).text
    assert [f'action="{ONE}/{form}"' in shown for form in FORMS] == [True, *[False] * 2, True, *[False] * 4]
    for form in ("edit", "hide", "title", "status", "merge", "pin"):
        refused = carol.post(
            f"{ONE}/{form}", on=ONE, comment="0" * 24, text="x", title="x", status="closed", head="0" * 40
        )
        assert refused.status_code in (403, 404), form
    assert carol.post(f"{ONE}/nothing", on=ONE).status_code == 404


@pytest.mark.parametrize("form", [*FORMS, "new"])
def test_no_form_is_believed_without_its_token(carol, form):
    opened(carol)
    path = f"{LIST}/new" if form == "new" else f"{ONE}/{form}"
    assert carol.post(path, token="wrong", title="x", text="x", status="closed").status_code == 403
    assert "closed this" not in carol.get(ONE).text


def test_a_hidden_repository_hides_its_talk(hub, carol):
    a_model(hub, "alice/secret", visibility="private")
    hub.rooms.discussions.open(hub.rooms.repos.proposer(hub.actor("alice"), a_birds()), "Here", "x")
    for view in ("", "/new", "/1", "/1/files"):
        hidden, absent = (carol.get(f"/alice/{name}/discussions{view}") for name in ("secret", "nothing"))
        assert hidden.status_code == absent.status_code == 404, view
        assert hidden.text.replace("secret", "nothing") == absent.text


def test_a_gate_keeps_the_changes_and_shows_the_talk(hub, birds, carol, alice):
    one = a_pull(hub, birds, {"b.txt": b"feathers\n"}, by="alice")
    hub.rooms.repos.admin(hub.actor("alice"), birds).update(gated="manual")
    assert "gated repository" in carol.get(f"{one}/files").text
    assert "feathers" not in carol.get(f"{one}/files").text
    assert carol.get(one).status_code == 200
    assert "feathers" in alice.get(f"{one}/files").text


@pytest.mark.parametrize("path", ["/0", "/9", "/x", "/1/other", "?p=x", "?kind=other"])
def test_what_is_not_there_is_said(carol, path):
    opened(carol)
    assert carol.get(LIST + path).status_code in (400, 404)


def test_words_stay_words(hub, birds, carol):
    bad = "<script>alert(1)</script>"
    one = opened(carol, bad, "\n\n".join(SCRIPTS).replace("\0", "")[:60_000], "pull")
    carol.post(f"{one}/title", on=one, title=f'"{bad}')
    writer = hub.rooms.repos.proposer(hub.actor("carol"), birds)
    ask = CommitRequest(bad, operations=[AddFile(f"{bad[1:8]}.txt", bad.encode())])
    writer.commit("refs/pr/1", ask)
    for view in ("", "/files", "/commits"):
        text = carol.get(one + view).text
        assert "<script>" not in text
    assert "<script>" not in carol.get(LIST).text


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def sent_along(browser: Browser, path: str, on: str, files: dict[str, bytes], **fields: str):
    given = [("files", (name, content, "image/png")) for name, content in files.items()]
    return browser.client.post(
        path, data=fields | {"csrf": browser.token_on(on)}, files=given, headers={"Origin": "http://hub.test"}
    )


def test_pictures_are_sent_along_with_a_comment(carol, alice):
    files = {"my](javascript:x)_bird.png": PNG, "two.png": PNG}
    assert sent_along(carol, f"{LIST}/new", f"{LIST}/new", files, title="Look", text="Seen today").status_code == 303
    assert sent_along(alice, f"{ONE}/comment", ONE, {"mine.gif": b"GIF89a" + b"\0" * 20}, text="").status_code == 303
    page = alice.get(ONE).text
    shown = re.findall(r'<img[^>]*src="(/uploads/[0-9a-f]{24}\.(?:png|gif))"', page)
    assert len(shown) == 3
    assert 'alt="my javascript x bird"' in page
    assert carol.client.get(shown[0]).content == PNG
    assert carol.post(f"{ONE}/comment", on=ONE, text="Without any").status_code == 303


def test_what_is_no_picture_is_not_sent_along(hub, carol):
    refused = sent_along(
        carol, f"{LIST}/new", f"{LIST}/new", {"a.png": b"<svg onload=alert(1)>"}, title="T", text="kept"
    )
    assert refused.status_code == 400
    assert "Only pictures" in refused.text
    assert ">\nkept</textarea>" in refused.text
    opened(carol)
    five = {f"{number}.png": PNG for number in range(5)}
    assert sent_along(carol, f"{ONE}/comment", ONE, five, text="Many").status_code == 400
    assert (
        sent_along(carol, f"{ONE}/comment", ONE, {"v.png": b"\0\0\0\x18ftypisom" + b"\0" * 20}, text="").status_code
        == 400
    )
    assert "Many" not in carol.get(ONE).text


def test_pictures_of_a_hidden_repository_stay_hidden(hub, alice):
    a_model(hub, "alice/secret", visibility="private")
    there = "/alice/secret/discussions/new"
    assert sent_along(alice, there, there, {"a.png": PNG}, title="T", text="x").status_code == 303
    address = re.findall(r'src="(/uploads/[^"]+)"', alice.get("/alice/secret/discussions/1").text)[0]
    assert alice.client.get(address).status_code == 200
    assert signed_in(hub, "carol").client.get(address).status_code == 404
    assert sent_along(signed_in(hub, "carol"), there, f"{LIST}/new", {"a.png": PNG}, title="T").status_code in (
        403,
        404,
    )


def test_what_happens_is_said_in_the_language_of_the_reader(alice):
    opened(alice, "Who <i>is</i> it?")
    alice.post(f"{ONE}/title", on=ONE, title="Anybody?")
    alice.post(f"{ONE}/status", on=ONE, status="closed")
    page = alice.get(ONE, "de").text
    assert "hat den Titel von <del>Who &lt;i&gt;is&lt;/i&gt; it?</del> zu <b>Anybody?</b> geändert" in page
    assert "<b>alice</b> hat dies geschlossen" in page
    assert "Geschlossene Diskussion" in alice.get(f"{LIST}?status=closed", "de").text
