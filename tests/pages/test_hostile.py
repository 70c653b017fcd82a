"""Whatever people write is shown and never run: every payload through every place that text can take, in Chromium.

A dialog, a request to elsewhere, or a complaint about the policy fails: nothing may even have been tried. Mail is plain
text (tests/features/notices/test_mail.py), and there are no feeds.
"""

import io
import json
import struct
import zipfile
from urllib.parse import quote

import pytest

from freehold.core.accounts.actor import SYSTEM
from freehold.features.collections.collections import Draft
from tests.kit.builders import a_commit, a_dataset, a_model
from tests.pages.conftest import Window
from tests.web.hostile import REMOTE, SCRIPTS, WORDS
from tests.wire.test_gguf import a_file, pair, text

pytestmark = pytest.mark.pages

CORPUS = [*SCRIPTS, *REMOTE, *WORDS]
FIELDS = ("license", "license_name", "license_link", "tags", "language", "base_model", "datasets", "pipeline_tag",
          "library_name", "thumbnail", "metrics", "title", "emoji", "sdk", "widget", "co2_eq_emissions")  # fmt: skip
RAW = ("x.svg", "x.html", "x.xhtml", "x.xml", "x.md", "x.ipynb", "x.pdf", "x.js", "x.txt", "x")


BRANCH = '"><svg/onload=alert(1)>'


def quiet(window: Window, path: str) -> None:
    """Look at a page, touch what can be touched, and see that nothing happened."""
    window.go(path)
    window.page.evaluate(
        "for (const one of document.querySelectorAll('main *'))"
        " for (const kind of ['mouseover', 'focus', 'toggle', 'pointerenter']) one.dispatchEvent(new Event(kind))"
    )
    assert (window.dialogs, window.foreign) == ([], []), path
    tried = [said for said in window.complaints if "Content Security Policy" in said or "alert" in said]
    assert not tried, (path, tried)


def test_there_are_150_of_them():
    assert len(set(CORPUS)) >= 150


def test_as_a_file_of_markdown_each_by_itself(opened, hub):
    files = {f"{number}.md": payload.encode() for number, payload in enumerate(CORPUS)}
    a_model(hub, "mallory/birds", files=files)
    with opened() as window:
        for number in range(len(CORPUS)):
            quiet(window, f"/mallory/birds/blob/main/{number}.md")


def test_as_comments_and_titles_of_discussions(opened, hub):
    birds = a_model(hub, "mallory/birds")
    writer = hub.rooms.repos.proposer(hub.actor("mallory"), birds)
    talk = hub.rooms.discussions
    thread = talk.open(writer, "All of them", "text")
    for payload in CORPUS:
        talk.comment(writer, thread.number, payload.replace("\0", "").replace("\x01", ""))
    for payload in WORDS:
        talk.open(writer, payload, payload)
    hub.work()
    with opened() as window:
        window.sign_in("alice")
        for path in (f"/{thread.number}", "", *(f"/{thread.number + 1 + number}" for number in range(len(WORDS)))):
            quiet(window, f"/mallory/birds/discussions{path}")


def test_as_names_of_files_branches_and_commits(opened, hub):
    names = [word.replace("/", "∕").strip() for word in WORDS]
    birds = a_model(hub, "mallory/birds", files={f"{name}.txt": b"x" for name in names} | {"a.csv": b"a"})
    oids = [a_commit(hub, birds, {"a.csv": f"{word},b\n{word},1\n".encode()}, summary=word) for word in WORDS]
    hub.rooms.repos.writer(hub.actor("mallory"), birds).create_branch(BRANCH, None)
    with opened() as window:
        branch = quote(BRANCH, safe="")
        shown = (
            f"/tree/{branch}",
            "/blob/main/a.csv",
            "/blame/main/a.csv",
            "/commits/main/a.csv",
            f"/compare/main...{branch}",
        )
        for path in ("/tree/main", "/commits/main", *shown):
            quiet(window, f"/mallory/birds{path}")
        window.sign_in("alice")
        for path in (f"/edit/{branch}/a.csv", f"/upload/{branch}", f"/new/{branch}/{quote(names[0])}"):
            quiet(window, f"/mallory/birds{path}")
        for oid, name in zip(oids, names, strict=True):
            quiet(window, f"/mallory/birds/commit/{oid}")
            quiet(window, f"/mallory/birds/blob/main/{quote(name)}.txt")
            quiet(window, f"/mallory/birds/blob/main/{quote(name)}")  # what is not there is named in the answer


def test_as_metadata_of_cards_and_weights(opened, hub):
    birds = a_model(hub, "mallory/birds")
    songs = a_dataset(hub, "mallory/songs")
    with opened() as window:
        for word in WORDS:
            fields = {**dict.fromkeys(FIELDS, word), "tags": [word], "datasets": [word], "license": "other"}
            named = {"type": word, "name": word}
            results = [{"task": named, "dataset": named, "metrics": [{**named, "value": word}]}]
            fields["model-index"] = [{"name": word, "results": results}]
            card = f"---\n{json.dumps(fields)}\n---\n# x".encode()
            tensor = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
            header = json.dumps({"__metadata__": {word: word}, word: tensor}).encode()
            safetensors = struct.pack("<Q", len(header)) + header + b"\0" * 4
            gguf = a_file([pair("general.name", 8, text(word)), pair(word, 8, text(word))], [(word, [1])])
            config = {"model_type": word, "architectures": [word], "quantization_config": {"quant_method": word}}
            weights = {"model.safetensors": safetensors, "x.gguf": gguf, "config.json": json.dumps(config).encode()}
            a_commit(hub, birds, {"README.md": card, **weights})
            a_commit(hub, songs, {"README.md": card})
            hub.work()
            for path in ("birds", "birds/blob/main/model.safetensors", "birds/blob/main/x.gguf"):
                quiet(window, f"/mallory/{path}")
            quiet(window, "/datasets/mallory/songs")
        quiet(window, "/models")


def test_as_cells_outputs_rows_and_members(opened, hub):
    """What a file's page makes of notebooks, tables and archives; every payload in one file of each kind."""
    files = {
        "n.ipynb": _a_notebook(),
        "t.csv": "\n".join(json.dumps(payload) + ",x" for payload in ["a", *CORPUS]).encode("utf-8", "replace"),
        "t.json": json.dumps([{payload: payload} for payload in CORPUS[:100]]).encode(),
        "t.jsonl": b"\n".join(json.dumps({"a": payload, payload: 1}).encode() for payload in CORPUS[:100]),
        "a.zip": _an_archive(),
        "t.py": "\n".join(CORPUS).replace("\0", "").encode("utf-8", "replace"),
        "folder/README.md": "\n\n".join(SCRIPTS).encode(),
    }
    a_model(hub, "mallory/birds", files=files)
    with opened() as window:
        for name in files:
            quiet(window, f"/mallory/birds/blob/main/{name}")
        for path in ("tree/main/folder", "blame/main/t.py", "blob/main/n.ipynb?source=1", "blob/main/t.json?source=1"):
            quiet(window, f"/mallory/birds/{path}")
        quiet(window, f"/mallory/birds/blob/main/n.ipynb?picture={quote(SCRIPTS[0])}")
        window.sign_in("alice")
        quiet(window, "/mallory/birds/edit/main/t.py")
        assert window.page.input_value("#text").startswith(CORPUS[0])


def _a_notebook() -> bytes:
    cells: list[dict[str, object]] = [{"cell_type": "markdown", "source": payload} for payload in CORPUS]
    for payload in CORPUS:
        outputs = [
            {"output_type": "execute_result", "data": {"text/html": payload}},
            {"output_type": "display_data", "data": {"text/markdown": payload}},
            {"output_type": "stream", "text": payload},
            {"output_type": "error", "ename": payload, "evalue": payload, "traceback": [payload]},
            {"output_type": "display_data", "data": {"image/png": payload, "text/html": payload}},
            {"output_type": "display_data", "data": {"image/svg+xml": payload, "application/javascript": payload}},
        ]
        cells.append({"cell_type": "code", "source": payload, "execution_count": 1, "outputs": outputs})
    return json.dumps({"cells": cells, "metadata": {"language_info": {"name": SCRIPTS[0]}}}).encode()


def _an_archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number, payload in enumerate(WORDS):
            archive.writestr(f"{number}{payload}".encode("utf-8", "replace").decode(), b"x")
    return out.getvalue()


def test_as_names_of_people_collections_tokens_and_gates(opened, hub):
    hub.rooms.people.add_user(SYSTEM, "evil", full_name=WORDS[1])
    hub.rooms.people.add_org(SYSTEM, "lair", full_name=WORDS[2], members=[("evil", "admin"), ("alice", "admin")])
    kinds = ("text", "checkbox", "country", "date_picker") * 5
    gate = {
        "extra_gated_heading": WORDS[1],
        "extra_gated_prompt": "\n\n".join(WORDS),
        "extra_gated_button_content": WORDS[2],
        "extra_gated_description": WORDS[3],
        "extra_gated_fields": dict(zip(WORDS, kinds, strict=False)),
    }
    card = f"---\n{json.dumps(gate)}\n---\n# x".encode()
    birds = a_model(hub, "mallory/birds", files={"README.md": card})
    hub.rooms.repos.admin(hub.actor("mallory"), birds).update(gated="manual")
    mallory, slugs = hub.actor("mallory"), []
    for number, word in enumerate(WORDS):
        title = f"{word} {number}"[:60].strip("\u202e")
        made = hub.rooms.collections.create(mallory, Draft("mallory", title, word))
        editor = hub.rooms.collections.editor(mallory, made.slug)
        editor.add(hub.rooms.collections.target(mallory, "model", "mallory/birds"), word)
        slugs.append(made.slug)
        hub.rooms.tokens.add(SYSTEM, str(hub.actor("alice").account_id), word, "read")
    with opened() as window:
        window.sign_in("alice")
        shown = ("/collections", "/mallory", "/evil", "/lair", "/mallory/birds", "/mallory/birds/gate")
        for path in (*shown, "/settings/tokens", *(f"/collections/{slug}" for slug in slugs)):
            quiet(window, path)


def test_as_notices_webhooks_and_searches(opened, hub):
    birds = a_model(hub, "alice/birds")
    writer = hub.rooms.repos.proposer(hub.actor("mallory"), birds)
    for word in WORDS:
        hub.rooms.discussions.open(writer, word, f"@alice {word}")
    hub.work()
    with opened() as window:
        window.sign_in("alice")
        quiet(window, "/notifications")
        quiet(window, "/settings/webhooks")
        for word in WORDS:
            asked = quote(word)
            quiet(window, f"/models?search={asked}&author={asked}&filter={asked}&sort={asked}")
            for path in (f"/collections?owner={asked}", f"/login?next={asked}", f"/{asked}"):
                quiet(window, path)
            quiet(window, f"/alice/birds/tree/{quote(word, safe='')}")


@pytest.mark.parametrize("name", RAW)
def test_as_files_that_a_browser_opens_by_themselves(opened, hub, name):
    """Script that a repository holds is blocked by the policy of the answer, and that is said in the console."""
    content = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>" if name == "x.svg" else ""
    page = content or "<html xmlns='http://www.w3.org/1999/xhtml'><body>" + "\n".join(SCRIPTS) + "</body></html>"
    a_model(hub, "mallory/birds", files={name: page.encode("utf-8", "replace")})
    with opened() as window:
        for view in ("resolve", "raw"):
            address = f"{window.url}/mallory/birds/{view}/main/{name}"
            answer = window.page.request.get(address)
            assert "sandbox" in answer.headers["content-security-policy"], view
            window.go("/login")
            window.page.set_content(f"<iframe src='{address}'></iframe>")
            window.page.wait_for_timeout(150)
            try:
                window.page.goto(address)
            except Exception as error:
                assert "Download is starting" in str(error) or "ERR_ABORTED" in str(error), error
            assert (window.dialogs, window.foreign) == ([], [])
