"""Every call of HfApi, and every command of `hf discussions`, that speaks of discussions and pull requests."""

import json
from collections.abc import Callable

import pytest

from tests.clients.client import Client

pytestmark = pytest.mark.clients

BEGIN = """
    from dataclasses import asdict
    from huggingface_hub import CommitOperationAdd, HfApi, hf_hub_download
    alice, carol = HfApi(), HfApi(token=sys.argv[1])
    repo = sys.argv[2]
    alice.create_repo(repo, exist_ok=True)

    def error(call):
        try:
            return repr(call())
        except Exception as error:
            return type(error).__name__

    def status(number):
        return alice.get_discussion_details(repo, number).status
"""


@pytest.mark.parametrize("environment", ["new", "h119"])
def test_a_discussion_from_its_opening_to_its_end(
    client_of: Callable[[str], Client], carol: str, environment: str
) -> None:
    script = """
    talk = carol.create_discussion(repo, "A question", description="How, @alice?")
    said = alice.comment_discussion(repo, talk.num, "So.")
    edited = alice.edit_discussion_comment(repo, talk.num, said.id.upper(), "So, and not otherwise.")
    renamed = carol.rename_discussion(repo, talk.num, "A better question")
    closed = carol.change_discussion_status(repo, talk.num, "closed", comment="Thanks!")
    hidden = alice.hide_discussion_comment(repo, talk.num, said.id)
    found = alice.get_discussion_details(repo, talk.num)
    answer([talk.title, talk.status, talk.author, talk.is_pull_request, talk.git_reference, talk.url,
            edited.content, edited.edited, edited.number_of_edits, edited.edit_history[0]["raw"], edited.last_edited_by,
            "<p>" in edited.rendered, renamed.old_title, renamed.new_title, closed.new_status,
            hidden.hidden, hidden.content, found.title, found.status, [event.type for event in found.events],
            error(lambda: carol.edit_discussion_comment(repo, talk.num, talk.events[0].id, "mine")) != "x",
            error(lambda: carol.hide_discussion_comment(repo, talk.num, said.id))])
    """
    client = client_of(environment)
    said = client.python(BEGIN + script, carol, f"alice/talk-{environment}")
    url = f"{client.endpoint}/alice/talk-{environment}/discussions/1"
    assert said[:6] == ["A question", "open", "carol", False, None, url]
    assert said[6:12] == ["So, and not otherwise.", True, 1, "So.", "alice", True]
    assert said[12:17] == ["A question", "A better question", "closed", True, ""]
    assert said[17:20] == [
        "A better question",
        "closed",
        ["comment", "comment", "title-change", "comment", "status-change"],
    ]
    assert said[21] == "HfHubHTTPError"


@pytest.mark.parametrize("environment", ["new", "h119"])
def test_lists_with_every_filter(client_of: Callable[[str], Client], carol: str, environment: str) -> None:
    script = """
    for place in range(51):
        alice.create_discussion(repo, f"Question {place}")
    pull = carol.create_pull_request(repo, "A change")
    alice.change_discussion_status(repo, 1, "closed")

    def asked(**filters):
        return [one.num for one in alice.get_repo_discussions(repo, **filters)]

    answer([asked() == list(range(52, 0, -1)), asked(discussion_type="pull_request"),
            len(asked(discussion_type="discussion")), asked(discussion_status="closed"),
            len(asked(discussion_status="open")), asked(author="carol"), asked(author="nobody"),
            asked(discussion_type="all", discussion_status="all", author="carol")])
    """
    said = client_of(environment).python(BEGIN + script, carol, f"alice/list-{environment}")
    assert said == [True, [52], 51, [1], 51, [52], [], [52]]


@pytest.mark.parametrize("environment", ["new", "h119", "h030"])
def test_a_draft_is_filled_opened_and_merged(client_of: Callable[[str], Client], carol: str, environment: str) -> None:
    script = """
    alice.upload_file(repo_id=repo, path_or_fileobj=b"one\\n", path_in_repo="a.txt")
    pull = carol.create_pull_request(repo, "More", description="Of everything")
    folder = Path("folder"); folder.mkdir()
    (folder / "big.bin").write_bytes(bytes(range(256)) * 40_000)
    (folder / "b.txt").write_text("two\\n")
    carol.upload_folder(repo_id=repo, folder_path=folder, revision=pull.git_reference, commit_message="Add a folder")
    early = error(lambda: alice.merge_pull_request(repo, pull.num))
    carol.change_discussion_status(repo, pull.num, "open")
    foreign = error(lambda: carol.merge_pull_request(repo, pull.num))
    before = carol.get_discussion_details(repo, pull.num)
    alice.merge_pull_request(repo, pull.num, comment="Thank you")
    after = carol.get_discussion_details(repo, pull.num)
    big = Path(hf_hub_download(repo, "big.bin")).read_bytes()
    answer([pull.status, pull.git_reference, early, foreign, before.status, before.target_branch,
            before.conflicting_files,
            "+two" in before.diff, before.merge_commit_oid, after.status,
            after.merge_commit_oid == alice.model_info(repo).sha, big == bytes(range(256)) * 40_000,
            [event.type for event in after.events],
            [event.summary for event in after.events if event.type == "commit"]])
    """
    said = client_of(environment).python(BEGIN + script, carol, f"alice/pulls-{environment}")
    refused = ["HfHubHTTPError", "HfHubHTTPError"] if environment != "h030" else said[2:4]
    assert said[:4] == ["draft", "refs/pr/1", *refused]
    assert said[4:12] == ["open", "refs/heads/main", [], True, None, "merged", True, True]
    assert said[12] == ["comment", "commit", "status-change", "comment", "status-change"]
    assert said[13] == ["Add a folder"]


@pytest.mark.parametrize("environment", ["new", "h119"])
def test_a_commit_proposed_by_a_stranger_and_one_that_conflicts(
    client_of: Callable[[str], Client], carol: str, environment: str
) -> None:
    script = """
    alice.upload_file(repo_id=repo, path_or_fileobj=b"old\\n", path_in_repo="a.txt")
    add = [CommitOperationAdd("a.txt", b"theirs\\n"), CommitOperationAdd("new.txt", b"new")]
    done = carol.create_commit(repo, add, commit_message="Change it", commit_description="Because", create_pr=True)
    alice.upload_file(repo_id=repo, path_or_fileobj=b"ours\\n", path_in_repo="a.txt")
    found = alice.get_discussion_details(repo, done.pr_num)
    refused = error(lambda: alice.merge_pull_request(repo, done.pr_num))
    carol.upload_file(repo_id=repo, path_or_fileobj=b"ours\\n", path_in_repo="a.txt", revision=done.pr_revision)
    alice.merge_pull_request(repo, done.pr_num)
    answer([done.pr_url, found.title, found.events[0].content, found.conflicting_files, refused, status(done.pr_num),
            Path(hf_hub_download(repo, "a.txt")).read_text(), Path(hf_hub_download(repo, "new.txt")).read_text(),
            error(lambda: carol.upload_file(repo_id=repo, path_or_fileobj=b"x", path_in_repo="late.txt",
                                            revision=done.pr_revision))])
    """
    client = client_of(environment)
    said = client.python(BEGIN + script, carol, f"alice/proposed-{environment}")
    url = f"{client.endpoint}/alice/proposed-{environment}/discussions/1"
    assert said[:5] == [url, "Change it", "Because", ["a.txt"], "HfHubHTTPError"]
    assert said[5:] == ["merged", "ours\n", "new", "HfHubHTTPError"]


@pytest.mark.parametrize("environment", ["new", "h119"])
def test_the_commands(client_of: Callable[[str], Client], carol: str, environment: str) -> None:
    client = client_of(environment)
    repo = f"alice/cli-{environment}"
    client.python(BEGIN, carol, repo)
    client.hf("discussions", "create", repo, "--title", "Ask", "--body", "How?")
    client.hf("discussions", "comment", repo, 1, "--body", "So.")
    shown = client.hf("discussions", "info", repo, 1, "--format", "json")
    comment = json.loads(shown)["events"][1]["id"]
    client.hf("discussions", "rename", repo, 1, "Asked")
    if environment == "new":
        client.hf("discussions", "edit", repo, 1, comment, "--body", "Thus.")
    client.hf("discussions", "close", repo, 1, "--comment", "Done", "--yes")
    assert "Asked" in client.hf("discussions", "list", repo, "--status", "closed")
    client.hf("discussions", "reopen", repo, 1, "--yes")
    client.hf("discussions", "create", repo, "--title", "Change", "--pull-request")
    client.hf("upload", repo, str(client.environment / "pyvenv.cfg"), "a.cfg", "--revision", "refs/pr/2")
    assert "Change" in client.hf("discussions", "list", repo, "--kind", "pull_request", "--status", "draft")
    assert "+++ b/a.cfg" in client.hf("discussions", "diff", repo, 2)
    client.hf("discussions", "reopen", repo, 2, "--yes")
    client.hf("discussions", "merge", repo, 2, "--yes")
    merged = json.loads(client.hf("discussions", "list", repo, "--status", "merged", "--format", "json"))
    assert [one["num"] for one in merged] == [2]


def test_attached_files_are_uploaded_and_shown(newest: Client, carol: str) -> None:
    """`hf discussions --attach` and `upload_attachment`: images, films and sounds, seen by who sees the thread."""
    script = """
    import httpx2
    Path("a.png").write_bytes(b"\\x89PNG\\r\\n\\x1a\\n" + bytes(9_000_000))
    Path("b.mp4").write_bytes(b"\\0\\0\\0\\x18ftypisom" + bytes(20_000_000))
    url = alice.upload_attachment("a.png")
    alice.create_repo(repo, private=True, exist_ok=True)
    alice.update_repo_settings(repo, private=True)
    talk = alice.create_discussion(repo, "Look", description=f"![a]({url})")

    def get(url, token):
        return httpx2.get(url, headers={"Authorization": f"Bearer {token}"}).status_code

    answer([get(url, os.environ["HF_TOKEN"]), get(url, carol.token), httpx2.get(url).status_code,
            "<img" in talk.events[0].rendered, error(lambda: HfApi(token=False).upload_attachment("a.png"))])
    """
    repo = "alice/attached"
    assert newest.python(BEGIN + script, carol, repo) == [200, 404, 404, True, "HfHubHTTPError"]
    newest.hf("discussions", "comment", repo, 1, "--body", "See ![it](a.png)", "--attach", "a.png", "--attach", "b.mp4")
    script = "    answer(alice.get_discussion_details(repo, 1).events[1].rendered)"
    shown = newest.python(BEGIN + script, carol, repo)
    assert "<img" in shown
    assert "<video" in shown
