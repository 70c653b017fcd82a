"""`list_models` and `list_spaces` with the parameters that the client has for them."""

import pytest

from tests.clients.client import Client
from tests.clients.test_hfapi import BEGIN

pytestmark = pytest.mark.clients

SCRIPT = """
    def card(text):
        return f"---\\n{text}\\n---\\nA card.\\n".encode()
    for name, text in (("tawny", "license: mit\\ntags: [gguf, owl]\\nlanguage: en\\npipeline_tag: text-generation"),
                       ("barn", "license: apache-2.0\\ntags: [owl]\\nlanguage: [en, fr]"),
                       ("raven", "tags: [crow]")):
        api.create_repo(f"alice/{name}")
        put(f"alice/{name}", {"README.md": card(text)})
    api.create_repo("alice/board", repo_type="space", space_sdk="static")
    put("alice/board", {"README.md": card("models: [alice/tawny]\\ndatasets: [alice/songs]")}, repo_type="space")
    def names(found):
        return [one.id.split("/")[1] for one in found]
    def models(**asked):
        return names(api.list_models(author="alice", **asked))
    answer([
        models(filter="owl"), models(filter=["owl", "license:mit"]), models(search="AWN"), models(apps="ollama"),
        models(apps=["ollama", "llama.cpp"], sort="likes"), models(pipeline_tag="text-generation"),
        models(inference="warm"), models(num_parameters="min:1B"), models(gated=True),
        models(sort="created_at", limit=2),
        [one.card_data.license for one in api.list_models(search="barn", cardData=True)],
        [bool(one.siblings) for one in api.list_models(search="barn", full=True)],
        [sorted(one.tags) for one in api.list_models(search="raven", expand=["tags"])],
        names(api.list_spaces(models="alice/tawny")), names(api.list_spaces(datasets=["alice/songs"])),
        names(api.list_spaces(datasets="alice/other")), names(api.list_spaces(linked=True)),
    ])
"""


def test_every_filter_of_the_client_narrows_as_it_says(newest: Client) -> None:
    assert newest.python(BEGIN + SCRIPT) == [
        ["barn", "tawny"], ["tawny"], ["tawny"], ["tawny"], ["tawny"], ["tawny"], [], [], [], ["raven", "barn"],
        ["apache-2.0"], [True], [["crow"]], ["board"], ["board"], [], ["board"],
    ]  # fmt: skip
