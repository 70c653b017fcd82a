"""A commit that adds a secret is refused, unless somebody says that it is meant."""

import pytest

from freehold.base.errors import Unprocessable
from freehold.core.accounts.tokens import make_secret
from freehold.core.repos.requests import AddFile, CommitRequest, CopyFile
from tests.core.repos.conftest import MODEL, Yard, add, asked


def test_a_commit_with_a_secret_is_refused_and_nothing_is_kept(model: Yard):
    writer, token = model.repos.writer(model.alice, MODEL), make_secret()
    before = model.files()
    with pytest.raises(Unprocessable) as refused:
        writer.commit("main", asked(add("fine"), AddFile("app/config.py", f"\n\nKEY = {token!r}".encode())))
    assert "app/config.py, line 3: a Hugging Face token" in refused.value.message
    assert "description with the line `secrets.allow`" in refused.value.message and token not in refused.value.message
    assert model.files() == before


def test_a_line_of_the_description_or_a_word_on_the_line_lets_it_pass_and_the_audit_knows(model: Yard):
    writer, token = model.repos.writer(model.alice, MODEL), make_secret()
    content = f"KEY = {token!r}".encode()
    writer.commit("main", CommitRequest("Fixture", "An expired token.\nsecrets.allow", None, [AddFile("a", content)]))
    writer.commit("main", asked(AddFile("b", content + b"  # secrets.allow")))
    assert {"a", "b"} <= set(model.files())
    with model.db.read() as tx:
        assert tx.scalar('SELECT count(*) FROM accounts_audit WHERE detail LIKE \'%"secrets":"allowed"%\'') == 1


def test_a_secret_that_the_file_had_is_no_news(model: Yard):
    writer, token = model.repos.writer(model.alice, MODEL), make_secret().encode()
    writer.commit("main", CommitRequest("Fixture", "secrets.allow", None, [AddFile("a", token)]))
    writer.commit("main", asked(AddFile("a", b"first\n" + token), CopyFile("a", "", "copy")))
    with pytest.raises(Unprocessable, match="a, line 2"):
        writer.commit("main", asked(AddFile("a", token + b"\n" + make_secret().encode())))


def test_many_are_counted_and_twenty_named(model: Yard):
    operations = [AddFile(f"{number}", make_secret().encode()) for number in range(30)]
    with pytest.raises(Unprocessable, match="and 10 more"):
        model.repos.writer(model.alice, MODEL).commit("main", asked(*operations))
