"""`freehold reindex` makes what lists are answered from anew, and the same again."""

from pathlib import Path

import pytest

from freehold.base.ids import RepoKind
from freehold.cli.reindex import reindex
from freehold.core.accounts.actor import ANONYMOUS
from freehold.core.catalog.query import Query, Sort
from tests.kit.builders import a_model
from tests.kit.hub import TestHub


def found(hub: TestHub, **query: object) -> list[str]:
    return [line.repo.name for line in hub.rooms.catalog.list(ANONYMOUS, RepoKind.MODEL, Query(**query))]  # type: ignore[arg-type]


def test_whatever_was_spoiled_is_right_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hub = TestHub(tmp_path)
    a_model(hub, "alice/birds")
    assert found(hub, words=("birds",), sort=Sort.BEST) == ["birds"]
    with hub.rooms.db.write() as tx:
        tx.run("UPDATE catalog_entry SET card = '{}', tags = '[\"spoiled\"]'")
        tx.run("INSERT INTO catalog_text (repo_id, body) SELECT repo_id, 'nonsense' FROM catalog_entry")
        tx.run("INSERT INTO catalog_tag (repo_id, tag) SELECT repo_id, 'spoiled' FROM catalog_entry")
    assert found(hub, tags=("spoiled",)) == ["birds"]
    reindex(hub.settings)
    assert "1 repositories were read anew" in capsys.readouterr().out
    assert found(hub, tags=("spoiled",)) == []
    assert found(hub, words=("nonsense",)) == []
    assert found(hub, words=("birds",), sort=Sort.BEST) == ["birds"]
    hub.close()
