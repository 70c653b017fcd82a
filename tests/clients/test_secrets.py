"""The Hub's own client meets a hub that will not keep secrets, and says what it means."""

from pathlib import Path

import pytest

from freehold.core.accounts.tokens import make_secret
from tests.clients.client import Client
from tests.kit.process import HubProcess

pytestmark = pytest.mark.clients


def test_hf_upload_shows_what_is_refused_and_can_say_that_it_is_meant(
    newest: Client, server: HubProcess, alice: str, tmp_path: Path
) -> None:
    (tmp_path / "app.py").write_text(f"import os\nKEY = '{make_secret()}'\n")
    with pytest.raises(AssertionError, match=r"app\.py, line 2: a Hugging Face token"):
        newest.hf("upload", "alice/leak", tmp_path)
    newest.hf("upload", "alice/leak", tmp_path, "--commit-description", "secrets.allow")
    assert newest.hf("download", "alice/leak", "app.py")
