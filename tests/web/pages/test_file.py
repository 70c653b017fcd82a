"""A file's page shows each kind of file as what it is, under limits, and only to whoever may have it."""

import base64
import io
import json
import struct
import tarfile
import zipfile

import pytest

from tests.kit.builders import a_model
from tests.web.browsing import Browser, signed_in

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n"


def a_notebook(*outputs: dict[str, object]) -> bytes:
    cells = [
        {"cell_type": "markdown", "source": ["# Birds\n", "[code](a.py)"], "metadata": {}},
        {"cell_type": "code", "source": "print('tweet')", "execution_count": 7, "outputs": list(outputs)},
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}).encode()


def weights(*names: str) -> bytes:
    header = {
        name: {"dtype": "F32", "shape": [2], "data_offsets": [8 * at, 8 * at + 8]} for at, name in enumerate(names)
    }
    raw = json.dumps(header).encode()
    return struct.pack("<Q", len(raw)) + raw + b"\0" * (8 * len(names))


def an_archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("inside/<b>.txt", b"x" * 1500)
    return out.getvalue()


def a_tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo("song.wav")
        member.size = 5
        archive.addfile(member, io.BytesIO(b"12345"))
    return out.getvalue()


@pytest.fixture
def look(hub):
    """Puts one file into a repository and gives its page."""

    def put(name: str, content: bytes, query: str = ""):
        a_model(hub, files={name: content})
        return Browser(hub).get(f"/alice/birds/blob/main/{name}{query}")

    return put


def test_each_of_ten_thousand_lines_has_an_address(look):
    text = look("long.py", b"".join(b"x = %d  # a line of code\n" % number for number in range(10_000))).text
    assert text.count('class="line"') == 10_000
    assert 'id="L10000"><a href="#L10000"' in text
    assert "10,000 lines" in text


def test_of_a_very_long_text_only_the_beginning_is_read(look):
    answer = look("long.txt", b"0123456789abcde\n" * 200_000)
    assert "Only the beginning is shown" in answer.text
    assert len(answer.content) < 4 << 20


def test_a_permalink_names_the_commit(hub, look):
    text = look("a.py", b"x").text
    head = hub.rooms.repos.reader(hub.actor("alice"), a_model_id()).commit_of()
    assert f'data-permalink href="/alice/birds/blob/{head}/a.py"' in text


def a_model_id():
    from freehold.base.ids import RepoId, RepoKind

    return RepoId(RepoKind.MODEL, "alice", "birds")


def test_a_notebook_shows_cells_and_outputs(look):
    outputs = (
        {"output_type": "stream", "name": "stdout", "text": ["\x1b[31mred\x1b[0m <b>"]},
        {
            "output_type": "execute_result",
            "data": {"text/html": "<table><tr><td>7</td></tr></table><script>x</script>"},
        },
        {"output_type": "display_data", "data": {"image/png": base64.b64encode(PNG).decode()}},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\x1b[0;31mBoom\x1b[0m"]},
    )
    text = look("n.ipynb", a_notebook(*outputs)).text
    for shown in ("Birds</h1>", "[7]", "red &lt;b&gt;", "<td>7</td>", "?picture=1.2", ">Boom<", "/blob/main/a.py"):
        assert shown in text, shown
    assert "<script>x" not in text
    assert "\x1b" not in text


def test_a_picture_of_a_notebook_is_sent_by_itself_and_sandboxed(hub, look):
    look("n.ipynb", a_notebook({"output_type": "display_data", "data": {"image/png": base64.b64encode(PNG).decode()}}))
    answer = Browser(hub).get("/alice/birds/blob/main/n.ipynb?picture=1.0")
    assert (answer.content, answer.headers["content-type"]) == (PNG, "image/png")
    assert "sandbox" in answer.headers["content-security-policy"]
    for wrong in ("0.0", "1.1", "9.9", "x", "1.0.0", "-1.0"):
        assert Browser(hub).get(f"/alice/birds/blob/main/n.ipynb?picture={wrong}").status_code == 400


def test_what_calls_itself_a_picture_and_is_none_is_not_sent(hub, look):
    fake = base64.b64encode(b"<script>alert(1)</script>").decode()
    look("n.ipynb", a_notebook({"output_type": "display_data", "data": {"image/png": fake}}))
    assert Browser(hub).get("/alice/birds/blob/main/n.ipynb?picture=1.0").status_code == 400


@pytest.mark.parametrize(
    "name", ["n.ipynb", "w.safetensors", "w.gguf", "t.parquet", "a.zip", "a.tar", "d.pdf", "d.json"]
)
def test_what_is_not_what_its_name_says_is_shown_as_its_text(look, name):
    assert 'class="listing code"' in look(name, b"just words").text


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.json", b'[{"bird": "wren", "n": 3}, {"bird": "owl"}]'),
        ("t.jsonl", b'{"bird": "wren", "n": 3}\n{"n": [1]}\n'),
    ],
)
def test_objects_are_shown_as_a_table(hub, look, name, content):
    text = look(name, content).text
    assert '<th scope="col">bird</th>' in text
    assert "<td>wren</td><td>3</td>" in text
    assert "listing code" in Browser(hub).get(f"/alice/birds/blob/main/{name}?source=1").text


def test_tensors_are_filtered_and_paged(hub, look):
    look("m.safetensors", weights(*(f"layer.{number}.weight" for number in range(1200)), "head.bias"))
    browser = Browser(hub)
    first = browser.get("/alice/birds/blob/main/m.safetensors").text
    assert "Next tensors" in first
    assert "layer.499.weight" in first
    assert "layer.600.weight" not in first
    assert "layer.600.weight" in browser.get("/alice/birds/blob/main/m.safetensors?page=2").text
    found = browser.get("/alice/birds/blob/main/m.safetensors?q=HEAD").text
    assert "head.bias" in found
    assert "1 match" in found
    assert "layer.1.weight" not in found


def test_archives_are_listed(hub, look):
    text = look("a.zip", an_archive()).text
    assert "inside/&lt;b&gt;.txt" in text
    assert "1.5 kB" in text


def test_tars_are_listed(look):
    assert "song.wav" in look("a.tar", a_tar()).text


def test_a_document_is_framed_from_the_hub_alone_and_comes_by_ranges(hub, look):
    page = look("d.pdf", PDF)
    assert 'src="?embed=1"' in page.text
    assert "frame-src 'self'" in page.headers["content-security-policy"]
    there = "/alice/birds/blob/main/d.pdf?embed=1"
    part = Browser(hub).client.get(there, headers={"Range": "bytes=0-4"})
    assert (part.status_code, part.content, part.headers["content-type"]) == (206, b"%PDF-", "application/pdf")
    assert "sandbox" in part.headers["content-security-policy"]
    assert Browser(hub).get("/alice/birds/blob/main/README.md?embed=1").status_code == 404


def test_a_gate_covers_every_view(hub):
    output = {"output_type": "display_data", "data": {"image/png": base64.b64encode(PNG).decode()}}
    files = {"d.pdf": PDF, "n.ipynb": a_notebook(output), "m.safetensors": weights("secret"), "a.zip": an_archive()}
    birds = a_model(hub, files=files)
    hub.rooms.repos.admin(hub.actor("alice"), birds).update(gated="manual")
    carol = signed_in(hub, "carol")
    for path in (*files, "d.pdf?embed=1", "n.ipynb?picture=1.0"):
        assert carol.get(f"/alice/birds/blob/main/{path}").status_code in (302, 303, 403), path
    assert signed_in(hub, "alice").get("/alice/birds/blob/main/n.ipynb?picture=1.0").status_code == 200
