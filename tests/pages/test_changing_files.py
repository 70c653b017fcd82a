"""Changing files in a browser: the editor, a conflict, a pull request, and uploads that show how far they are."""

import re

import pytest

from tests.kit.builders import a_commit, a_model
from tests.pages.conftest import Window, follow

pytestmark = pytest.mark.pages


@pytest.fixture
def birds(hub):
    return a_model(hub, files={"src/a.py": b"def sing():\n    pass\n"})


def content(hub, birds, path: str, rev: str = "main") -> bytes:
    return hub.rooms.repos.reader(hub.actor("alice"), birds).open_bytes(rev, path)


def commit(window: Window) -> None:
    follow(window.page.locator(".commit-form button"))


_FAST = {"offline": False, "latency": 0, "downloadThroughput": -1}


def wait_for_progress(window: Window, least: float) -> None:
    for _ in range(600):
        if window.page.evaluate("document.querySelector('.upload-list progress').value") >= least:
            return
        window.page.wait_for_timeout(50)
    raise AssertionError(window.page.inner_text(".upload-list"))


def test_a_file_is_edited_and_a_conflict_keeps_the_text(opened, hub, birds):
    with opened() as window:
        window.sign_in()
        window.go("/alice/birds/blob/main/src/a.py")
        follow(window.page.locator("text=Edit"))
        area = window.page.locator("#text")
        area.press("Control+End")
        area.press_sequentially("x = 1")
        area.press("Tab")
        assert window.page.locator(".editor-lines").inner_text().split() == ["1", "2", "3"]
        window.page.fill("#summary", "Add a number")
        commit(window)
        assert window.page.url.endswith("/blob/main/src/a.py")
        assert content(hub, birds, "src/a.py") == b"def sing():\n    pass\nx = 1    "
        follow(window.page.locator("text=Edit"))
        a_commit(hub, birds, {"src/a.py": b"theirs\n"})
        area.fill("mine\n")
        commit(window)
        assert "Somebody changed this" in window.page.locator("[role=alert]").inner_text()
        assert area.input_value() == "mine\n"
        window.page.check("input[value=pull]")
        commit(window)
        assert "/discussions/1" in window.page.url
        assert content(hub, birds, "src/a.py", "refs/pr/1") == b"mine\n"
        window.complaints = [said for said in window.complaints if "409" not in said]
        window.assert_quiet()


def test_the_editor_works_without_script(opened, hub, birds):
    with opened(java_script_enabled=False) as window:
        window.sign_in()
        window.go("/alice/birds/new/main")
        window.page.fill("#path", "notes/new.txt")
        window.page.fill("#text", "hello\n")
        commit(window)
        assert content(hub, birds, "notes/new.txt") == b"hello\n"


def test_y_leads_to_the_permalink_and_lines_are_marked(opened, hub, birds):
    with opened() as window:
        window.go("/alice/birds/blob/main/src/a.py#L2")
        window.page.keyboard.press("y")
        assert re.search(r"/blob/[0-9a-f]{40}/src/a\.py#L2$", window.page.url)
        window.page.locator("#L1 > a").click(modifiers=["Shift"])
        assert window.page.url.endswith("#L1-L2")
        assert window.page.locator(".line.marked").count() == 2
        window.assert_quiet()


def test_a_large_file_goes_up_with_progress_and_is_stopped_and_goes_on(opened, hub, birds, tmp_path):
    big = tmp_path / "weights.bin"
    with big.open("wb") as file:
        for number in range(200):
            file.write(number.to_bytes(1, "big") * 1_000_000)
    (tmp_path / "note.txt").write_text("small\n")
    with opened() as window:
        window.sign_in()
        window.go("/alice/birds/upload/main/data")
        window.page.set_input_files("#files", [big, tmp_path / "note.txt"])
        line = window.page.context.new_cdp_session(window.page)
        line.send("Network.enable")
        line.send("Network.emulateNetworkConditions", {**_FAST, "uploadThroughput": 20_000_000})
        window.page.click(".commit-form button")
        row = window.page.locator(".upload-list li").first
        wait_for_progress(window, 0.05)
        row.get_by_role("button").click()
        assert row.locator(".state").inner_text() == "stopped"
        done = float(row.locator("progress").evaluate("bar => bar.value"))
        assert 0 < done < 1
        assert hub.rooms.repos.reader(hub.actor("alice"), birds).paths("main", ["data/weights.bin"]) == []
        line.send("Network.emulateNetworkConditions", {**_FAST, "uploadThroughput": -1})
        row.get_by_role("button").click()
        window.page.wait_for_url("**/tree/main", timeout=60_000)
        window.assert_quiet()
    reader = hub.rooms.repos.reader(hub.actor("alice"), birds)
    file = reader.file("main", "data/weights.bin")
    assert (file.size, reader.read_range(file, 199_000_000, 199_000_004)) == (200_000_000, b"\xc7" * 4)
    assert reader.open_bytes("main", "data/note.txt") == b"small\n"
    hub.work()


def test_an_upload_goes_on_after_the_page_was_closed(opened, hub, birds, tmp_path):
    big = tmp_path / "weights.bin"
    big.write_bytes(b"\1" * (40 << 20))
    with opened() as window:
        window.sign_in()
        window.go("/alice/birds/upload/main")
        window.page.set_input_files("#files", big)
        window.page.route("**/incoming/*/3", lambda route: route.abort())
        window.page.click(".commit-form button")
        wait_for_progress(window, 0.7)
        window.page.evaluate("window.onbeforeunload = null")
        window.page.unroute("**/incoming/*/3")
        asked: list[str] = []
        other = window.page.context.new_page()
        other.on("request", lambda request: asked.append(request.url) if request.method == "PUT" else None)
        other.goto(window.url + "/alice/birds/upload/main")
        other.set_input_files("#files", big)
        window.page.close(run_before_unload=False)
        other.click(".commit-form button")
        other.wait_for_url("**/tree/main", timeout=60_000)
        assert [url.rpartition("/")[2] for url in asked] == ["3"]
    assert hub.rooms.repos.reader(hub.actor("alice"), birds).file("main", "weights.bin").size == 40 << 20
    hub.work()


def test_files_are_dropped(opened, hub, birds):
    with opened() as window:
        window.sign_in()
        window.go("/alice/birds/upload/main")
        window.page.evaluate(
            "const data = new DataTransfer(); data.items.add(new File(['tweet'], 'song.txt'));"
            "document.querySelector('.drop').dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true}))"
        )
        window.page.wait_for_selector(".upload-list li")
        window.page.click(".commit-form button")
        window.page.wait_for_url("**/tree/main")
        window.assert_quiet()
    assert content(hub, birds, "song.txt") == b"tweet"
