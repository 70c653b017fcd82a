"""Checking a card's front matter."""

import pytest

from tests.protocols.hub.conftest import Asker


@pytest.mark.proves("POST /api/validate-yaml")
def test_a_good_card_passes(nobody: Asker) -> None:
    answer = nobody.post("validate-yaml", {"content": "---\nlicense: mit\n---\n# Hi", "repoType": "model"})
    assert (answer.status_code, answer.json()) == (200, {"errors": [], "warnings": []})


def test_a_card_without_metadata_is_a_warning(nobody: Asker) -> None:
    answer = nobody.post("validate-yaml", {"content": "# Hi", "repoType": "dataset"})
    assert answer.status_code == 200
    assert answer.json()["warnings"] == [{"message": "empty or missing yaml metadata in repo card"}]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("---\nlicense: nonsense\n---\n", '"license" must be one of'),
        ("---\nmodel-index: 3\n---\n", '"model-index" must be an array'),
        ("---\na: [\n---\n", ""),
        ("---\n" + "a: &a [x]\n" + "b: [" * 100 + "\n---\n", ""),
    ],
)
def test_a_bad_card_is_refused_as_json_and_as_text(nobody: Asker, content: str, said: str) -> None:
    answer = nobody.post("validate-yaml", {"content": content, "repoType": "model"})
    assert answer.status_code == 400
    assert said in answer.json()["errors"][0]["message"]
    assert answer.json()["error"] == answer.json()["errors"][0]["message"]
    body = {"content": content, "repoType": "model"}
    text = nobody.client.post("/api/validate-yaml", json=body, headers={"Accept": "text/plain"})
    assert text.status_code == 400
    assert text.text == answer.json()["error"]


def test_five_megabytes_of_front_matter_get_an_answer(nobody: Asker) -> None:
    answer = nobody.post("validate-yaml", {"content": "---\na: '" + "x" * 5_000_000 + "'\n---\n", "repoType": "model"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"]
