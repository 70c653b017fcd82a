"""Datasets described as Croissant."""

from hashlib import sha256

import pytest

from tests.kit.builders import a_dataset

CARD = b"---\nlicense: cc-by-4.0\nlanguage: [en, de]\npretty_name: Bird songs\n---\n# Songs\n"
SONGS = b"bird,weight,flies,note\nwren,9,true,a\nowl,450.5,true,\n"
LINES = b'{"id": 1, "text": "a", "tags": ["x"]}\n{"id": 2, "text": "b", "more": null}\n'


def ask(hub, who=None, name="alice/songs", **headers):
    with hub.client(who) as client:
        return client.get(f"/api/datasets/{name}/croissant", headers=headers)


@pytest.mark.proves("GET /api/datasets/{id}/croissant")
def test_it_says_which_files_there_are_and_their_columns(hub):
    files = {"train/songs.csv": SONGS, "test/songs.csv": SONGS, "lines.jsonl": LINES, "data.parquet": b"PAR1"}
    a_dataset(hub, files={"README.md": CARD, **files})
    answer = ask(hub)
    assert answer.headers["content-type"].startswith("application/ld+json")
    said = answer.json()
    assert said["license"] == "CC BY 4.0"
    assert said["inLanguage"] == ["en", "de"]
    assert {one["@id"] for one in said["distribution"]} == {"repo", "csv-files", "jsonl-file", "parquet-file"}
    types = {field["@id"]: field["dataType"] for one in said["recordSet"] for field in one["field"]}
    assert types == {
        "csv/bird": "sc:Text", "csv/weight": "sc:Float", "csv/flies": "sc:Boolean", "csv/note": "sc:Text",
        "jsonl/id": "sc:Integer", "jsonl/text": "sc:Text", "jsonl/tags": "sc:Text", "jsonl/more": "sc:Text",
    }  # fmt: skip
    lines = next(one for one in said["distribution"] if one["@id"] == "jsonl-file")
    with hub.client() as client:
        content = client.get("/" + lines["contentUrl"].split("/", 3)[3]).content
    assert (content, sha256(content).hexdigest()) == (LINES, lines["sha256"])
    assert ask(hub, **{"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_a_gate_keeps_the_columns(hub):
    songs = a_dataset(hub, files={"README.md": CARD, "songs.csv": SONGS})
    hub.rooms.repos.admin(hub.actor("alice"), songs).update(gated="manual")
    assert ask(hub, "carol").json()["recordSet"] == []
    assert len(ask(hub, "carol").json()["distribution"]) == 2
    assert ask(hub, "alice").json()["recordSet"] != []


def test_what_is_private_is_described_to_nobody_else(hub):
    a_dataset(hub, "acme/secret", visibility="private", files={"songs.csv": SONGS})
    assert ask(hub, None, "acme/secret").status_code == 401
    assert ask(hub, None, "acme/secret").content == ask(hub, None, "acme/absent").content
    assert ask(hub, "carol", "acme/secret").status_code == 404
    assert ask(hub, "bob", "acme/secret").status_code == 200


def test_an_empty_dataset_and_odd_files_have_one_too(hub):
    a_dataset(hub, "alice/none")
    assert ask(hub, None, "alice/none").json()["recordSet"] == []
    odd = {"a.csv": b"\xff\xfe\x00", "b.tsv": b"", "c.jsonl": b"[" * 5000, "d.CSV": b"a\n" + b"x" * 70_000}
    a_dataset(hub, "alice/odd", files=odd)
    assert ask(hub, None, "alice/odd").status_code == 200
