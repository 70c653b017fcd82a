"""What browsers show within a file's page: pictures, documents and a notebook's drawings, by the hub's policy."""

import base64
import json
import struct
import zlib

import pytest

from tests.kit.builders import a_model

pytestmark = pytest.mark.pages

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>endobj\ntrailer<</Root 1 0 R>>\n"
)


def a_picture(width: int, height: int) -> bytes:
    rows = b"".join(b"\0" + b"\x40\x80\xc0" * width for _ in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.fixture
def birds(hub):
    drawing = {"output_type": "display_data", "data": {"image/png": base64.b64encode(a_picture(40, 30)).decode()}}
    notebook = {"cells": [{"cell_type": "code", "source": "draw()", "outputs": [drawing]}], "metadata": {}}
    files = {
        "wren.png": a_picture(60, 20),
        "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="50" height="50"><circle r="9"/></svg>',
        "notebook.ipynb": json.dumps(notebook).encode(),
        "paper.pdf": PDF,
        "long.py": b"".join(b"value_%d = %d\n" % (number, number) for number in range(10_000)),
    }
    return a_model(hub, files=files)


@pytest.mark.parametrize(("name", "width"), [("wren.png", 60), ("drawing.svg", 50), ("notebook.ipynb", 40)])
def test_pictures_are_shown(opened, birds, name, width):
    with opened() as window:
        window.go(f"/alice/birds/blob/main/{name}")
        picture = window.page.locator(".viewer img")
        picture.scroll_into_view_if_needed()
        picture.evaluate("async (image) => { await image.decode(); }")
        assert picture.evaluate("image => image.naturalWidth") == width
        window.assert_quiet()


def test_a_document_is_shown_in_its_frame(opened, birds):
    with opened() as window:
        window.go("/alice/birds/blob/main/paper.pdf")
        frame = window.page.locator("iframe.document")
        frame.scroll_into_view_if_needed()
        window.page.wait_for_timeout(500)
        inside = [one.url for one in window.page.frames]
        assert any(url.endswith("/blob/main/paper.pdf?embed=1") for url in inside), inside
        assert not any("chrome-error" in url for url in inside)
        window.complaints = [said for said in window.complaints if "chrome" not in said]
        window.foreign = [url for url in window.foreign if not url.startswith("chrome")]
        window.assert_quiet()


def test_ten_thousand_lines_are_shown_and_the_last_is_reached(opened, birds):
    with opened() as window:
        window.go("/alice/birds/blob/main/long.py#L9990")
        last = window.page.locator("#L9990")
        assert "value_9989" in last.inner_text()
        assert last.evaluate("line => Math.abs(line.getBoundingClientRect().top) < innerHeight")
        window.assert_quiet()
