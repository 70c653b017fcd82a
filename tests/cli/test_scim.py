"""`freehold scim`: a directory is let in, its groups are given roles, and it is shut out."""

import pytest

from tests.kit.hub import TestHub


@pytest.fixture
def config(hub: TestHub, tmp_path):
    file = tmp_path / "hub.toml"
    file.write_text(f'data = "{hub.settings.data}"\ndatabase = "{hub.settings.database}"\n', "utf-8")
    return "--config", str(file)


def test_a_directory_is_let_in_and_shut_out(hub, freehold, config):
    secret = freehold("scim", "token", "okta", *config).stdout.splitlines()[-1]
    assert hub.rooms.directory.credentials.identify(secret).name == "scim:okta"
    assert "is a directory called" in freehold("scim", "token", "okta", *config).stderr
    assert freehold("scim", "role", "engineers", "acme", "write", *config).stdout == "engineers has write in acme.\n"
    assert "A role is one of" in freehold("scim", "role", "engineers", "acme", "king", *config).stderr
    shown = freehold("scim", "list", *config).stdout
    assert "directory okta: last came 20" in shown and "group engineers: write in acme" in shown
    assert freehold("scim", "role", "engineers", "acme", "none", *config).returncode == 0
    assert freehold("scim", "revoke", "okta", *config).returncode == 0
    assert freehold("scim", "list", *config).stdout == ""
