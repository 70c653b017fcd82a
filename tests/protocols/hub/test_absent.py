"""What is documented and not built."""

import pytest

from freehold.protocols.hub.absent import AFTER, BEFORE
from freehold.protocols.hub.table import Declared
from tests.protocols.hub.conftest import Asker

WORDS = {"{type}s": "models", "{id}": "alice/birds"}


def address(line: Declared) -> str:
    path = line.template
    for word, value in WORDS.items():
        path = path.replace(word, value)
    return "/".join("x" if segment.startswith("{") else segment for segment in path.split("/"))


@pytest.mark.parametrize("line", [*BEFORE, *AFTER], ids=lambda line: line.name)
def test_it_answers_501_with_a_sentence(nobody: Asker, line: Declared) -> None:
    for method in line.methods:
        answer = nobody.client.request(method, address(line))
        assert (answer.status_code, answer.headers["X-Error-Code"]) == (501, "NotImplemented")
        assert answer.headers["X-Error-Message"].startswith("This hub ")
