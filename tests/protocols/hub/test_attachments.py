"""Uploads for comments by HTTP: the address, the headers that keep them inert, and how comments show them."""

import httpx
import pytest

from tests.protocols.hub.conftest import Asker

PNG = b"\x89PNG\r\n\x1a\n" + bytes(50_000)
MP4 = b"\0\0\0\x18ftypisom" + bytes(100)


def upload(asker: Asker, content: bytes = PNG) -> str:
    answer = asker.client.post("/uploads", content=content, headers={"Content-Type": "image/png"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/plain; charset=utf-8"), answer.text
    return answer.text


def html(asker: Asker, birds: str, text: str) -> str:
    number = asker.post(f"{birds}/discussions", {"title": "t", "description": text}).json()["num"]
    return str(asker.get(f"{birds}/discussions/{number}").json()["events"][0]["data"]["latest"]["html"])


@pytest.mark.proves("POST /uploads", "HEAD|GET /uploads/{name}")
def test_it_comes_back_as_it_went_and_can_do_no_harm(carol: Asker, nobody: Asker, birds: str) -> None:
    url = upload(carol)
    html(carol, birds, f"![a]({url})")
    answer = nobody.client.get(url)
    assert (answer.content, answer.headers["Content-Type"]) == (PNG, "image/png")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("inline; filename=")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    again = nobody.client.get(url, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    part = nobody.client.get(url, headers={"Range": "bytes=0-7"})
    assert (part.status_code, part.content) == (206, PNG[:8])


def test_only_pictures_open_in_the_browser(carol: Asker) -> None:
    answer = carol.client.get(upload(carol, MP4))
    assert (answer.headers["Content-Type"], answer.headers["Content-Disposition"][:10]) == ("video/mp4", "attachment")


def test_its_bytes_say_what_it_is_whatever_the_sender_claims(carol: Asker) -> None:
    answer = carol.client.post("/uploads", content=b"<script>alert(1)</script>", headers={"Content-Type": "image/png"})
    assert (answer.status_code, "none of" in answer.headers["X-Error-Message"]) == (400, True)
    url = upload(carol)
    assert carol.client.get(url.replace(".png", ".html")).status_code == 404


@pytest.mark.parametrize("length", [10_000_001, 50_000_001])
def test_too_much_is_refused(carol: Asker, length: int) -> None:
    answer = carol.client.post("/uploads", content=PNG + bytes(length - len(PNG)))
    assert answer.status_code == 413


def test_comments_show_pictures_sounds_and_films(carol: Asker, birds: str) -> None:
    picture, film = upload(carol), upload(carol, MP4)
    sound = upload(carol, b"ID3\x04" + bytes(50))
    said = html(carol, birds, f'![a]({picture})\n\n{film}\n\n<audio controls src="{sound}"></audio>\n\n`{film}`')
    assert f'<img src="{picture}"' in said
    assert f'<video src="{film}"' in said
    assert f'<audio src="{sound}"' in said
    assert said.count("<video") == 1


def test_what_others_uploaded_in_private_stays_a_link(carol: Asker, alice: Asker, birds: str) -> None:
    secret = upload(alice)
    said = html(carol, birds, f"![a]({secret}) {secret.replace('.png', '.mp4')}")
    assert "<img" not in said
    assert "<video" not in said
    assert carol.client.get(secret).status_code == 404


def test_a_foreign_address_of_the_same_form_loads_nothing(carol: Asker, birds: str) -> None:
    said = html(carol, birds, f"![a](https://evil.example/uploads/{'0' * 24}.png)")
    assert "<img" not in said


def test_an_upload_that_breaks_off_leaves_nothing(carol: Asker) -> None:
    def broken():
        yield PNG
        raise httpx.ReadError("gone")

    with pytest.raises(httpx.ReadError):
        carol.client.post("/uploads", content=broken())
    assert list(carol.hub.rooms.blobs.keys("attachments")) == []
