"""The JSON bodies that clients send."""

import pytest

from freehold.base.errors import Invalid
from freehold.base.ids import RepoKind
from freehold.wire.hub.requests import CreateRepo, PreuploadFile, UpdateSettings, parse


def test_it_reads_what_it_uses_and_passes_over_the_rest() -> None:
    body = b'{"name": "birds", "organization": null, "type": "dataset", "region": "eu", "template": "a/b"}'
    assert parse(body, CreateRepo) == CreateRepo("birds", None, RepoKind.DATASET)


def test_a_sample_is_base64() -> None:
    assert parse(b'{"path": "a", "size": 3, "sample": "YWJj"}', PreuploadFile).sample == b"abc"


def test_gated_may_be_false_which_is_not_the_same_as_absent() -> None:
    assert parse(b'{"gated": false}', UpdateSettings).gated is False
    assert parse(b"{}", UpdateSettings).gated is not False


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"name": 1}', b'{"name": "a", "type": "boat"}', b"\xff", b"[" * 99999]
)
def test_it_refuses_other_forms_with_a_sentence(body: bytes) -> None:
    with pytest.raises(Invalid, match="The request body"):
        parse(body, CreateRepo)
