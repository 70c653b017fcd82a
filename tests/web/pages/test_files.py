"""A folder's page: folders first, in parts when it is large, with what it says of itself, and how each file is kept."""

from tests.kit.builders import a_commit, a_model
from tests.web.browsing import Browser, signed_in


def test_folders_come_first_on_every_page_of_a_large_folder(hub):
    a_model(hub, files={f"d/{number:04}.txt": b"x" for number in range(1200)} | {"d/zoo/a.txt": b"x"})
    browser = Browser(hub)
    first, last = (browser.get(f"/alice/birds/tree/main/d{query}").text for query in ("", "?page=3"))
    assert first.index(">zoo<") < first.index(">0000.txt<")
    assert "1 to 500 of 1,201 entries" in first
    assert 'href="?page=2"' in first
    assert ">1199.txt<" in last
    assert 'rel="next"' not in last
    assert browser.get("/alice/birds/tree/main/d?page=9").status_code == 200
    assert browser.get("/alice/birds/tree/main/d?page=x").status_code == 400


def test_a_folders_readme_is_below_its_list(hub):
    a_model(
        hub, files={"src/README.md": b"---\nlicense: mit\n---\n# The code\n\n[main](main.py)\n", "src/main.py": b"1"}
    )
    text = Browser(hub).get("/alice/birds/tree/main/src").text
    assert "The code</h1>" in text
    assert 'href="/alice/birds/blob/main/src/main.py"' in text
    assert "license: mit" not in text


def test_a_gate_hides_a_folders_readme_but_not_its_list(hub):
    birds = a_model(hub, files={"src/README.md": b"# Hidden song\n"})
    hub.rooms.repos.admin(hub.actor("alice"), birds).update(gated="manual")
    carol = signed_in(hub, "carol").get("/alice/birds/tree/main/src")
    assert (carol.status_code, "README.md" in carol.text, "Hidden song" in carol.text) == (200, True, False)
    assert "Hidden song" in signed_in(hub, "alice").get("/alice/birds/tree/main/src").text


def test_large_files_are_marked(hub):
    birds = a_model(hub, files={"small.txt": b"x", "big.bin": b"\0" * (10 << 20)})
    a_commit(hub, birds, {"other.txt": b"y"}, summary="Another")
    text = Browser(hub).get("/alice/birds/tree/main").text
    assert text.count('class="badge"') == 1
    assert ">LFS<" in text or ">Xet<" in text


def test_it_speaks_german(hub):
    birds = a_model(hub, files={"a.txt": b"1\n2\n"} | {f"d/{number:04}": b"x" for number in range(1200)})
    alice = signed_in(hub, "alice")
    assert "1 bis 500 von 1.200 Einträgen" in alice.get("/alice/birds/tree/main/d", "de").text
    assert "4 B, 2 Zeilen" in alice.get("/alice/birds/blob/main/a.txt", "de").text
    assert "a.txt bearbeiten · alice/birds" in alice.get("/alice/birds/edit/main/a.txt", "de").text
    commit = hub.rooms.repos.reader(hub.actor("alice"), birds).commit_of()
    assert ">neu</span>" in alice.get(f"/alice/birds/commit/{commit}", "de").text


def test_a_file_that_may_run_code_is_marked_once_it_was_looked_at(hub):
    harmful = b"\x80\x02cos\nsystem\nX\x02\x00\x00\x00ls\x85R."
    birds = a_model(hub, files={"model.pkl": harmful, "notes.txt": b"x"})
    browser = Browser(hub)
    assert "Suspicious imports" not in browser.get("/alice/birds/tree/main").text
    reader = hub.rooms.repos.reader(hub.actor("alice"), birds)
    hub.rooms.facts.get(reader, reader.commit_of(), "safety")
    for path in ("tree/main", "blob/main/model.pkl"):
        page = browser.get(f"/alice/birds/{path}").text
        assert page.count('title="It imports os.system"') == 1
        assert "Suspicious imports" in page
    assert "It imports" not in browser.get("/alice/birds/blob/main/notes.txt").text
