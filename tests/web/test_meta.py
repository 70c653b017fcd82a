"""What pages say of themselves to those who share and index them."""

import json
import re
from html import unescape

from freehold.core.accounts.actor import SYSTEM
from tests.kit.builders import a_dataset, a_model
from tests.web.browsing import Browser, signed_in

CARD = b"""---
license: mit
pipeline_tag: fill-mask
language: en
tags: ["</script><script>alert(1)</script>", "&amp;"]
---
# Birds
"""


def said(page: str) -> dict[str, str]:
    return {
        name: unescape(text) for name, text in re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)"', page)
    }


def data(page: str) -> dict:
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return json.loads(text)


def test_a_model_says_what_it_is(hub):
    a_model(hub, files={"README.md": CARD})
    page = Browser(hub).get("/alice/birds").text
    tags = said(page)
    assert tags["og:title"] == "alice/birds"
    assert tags["description"].startswith("Fill mask model by alice on ")
    assert tags["og:image"].endswith("/-/preview/models/alice/birds.png")
    assert Browser(hub).get("/" + tags["og:image"].split("/", 3)[3]).status_code == 200
    known = data(page)
    assert known["@type"] == "SoftwareSourceCode"
    assert known["license"] == "MIT"
    assert "</script><script>alert(1)</script>" in known["keywords"]
    assert "<script>alert" not in page


def test_a_dataset_is_a_dataset_and_leads_to_its_croissant(hub):
    a_dataset(hub, files={"README.md": b"---\nlicense: cc-by-4.0\n---\n", "a.csv": b"a,b\n1,2\n"})
    known = data(Browser(hub).get("/datasets/alice/songs").text)
    assert known["@type"] == "Dataset"
    link = "/" + known["subjectOf"]["contentUrl"].split("/", 3)[3]
    assert Browser(hub).get(link).status_code == 200


def test_what_is_private_tells_no_machine_anything(hub):
    a_model(hub, "alice/secret", visibility="private")
    page = signed_in(hub, "alice").get("/alice/secret").text
    assert "ld+json" not in page
    assert said(page)["og:image"].endswith("/-/preview.png")


def test_profiles_and_the_front_door_say_who_they_are(hub):
    hub.rooms.people.add_user(SYSTEM, "dora", full_name="</script><b>Dora</b>")
    page = Browser(hub).get("/dora").text
    assert data(page)["mainEntity"] | {"@id": "", "url": ""} == {
        "@type": "Person", "name": "</script><b>Dora</b>", "alternateName": "dora", "@id": "", "url": "",
    }  # fmt: skip
    assert data(Browser(hub).get("/acme").text)["mainEntity"]["@type"] == "Organization"
    assert data(Browser(hub).get("/").text)["potentialAction"]["target"].endswith("/search?q={words}")
