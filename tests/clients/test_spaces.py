"""An app: the files of a Gradio space, pushed and read back."""

from pathlib import Path

import pytest

from tests.clients.client import Client

pytestmark = pytest.mark.clients

APP = {
    "README.md": "---\ntitle: Greeter\nsdk: gradio\nsdk_version: 6.0.0\napp_file: app.py\n---\n\n# Greeter\n",
    "app.py": 'import gradio\n\ngradio.Interface(lambda name: f"Hello, {name}!", "text", "text").launch()\n',
    "requirements.txt": "gradio\n",
}


def test_an_app_is_pushed_as_a_space(newest: Client, tmp_path: Path) -> None:
    folder = tmp_path / "app"
    folder.mkdir()
    for name, text in APP.items():
        (folder / name).write_text(text, "utf-8")
    sdk, files = newest.python(
        """
    from huggingface_hub import HfApi, snapshot_download
    api = HfApi()
    api.create_repo("alice/greeter", repo_type="space", space_sdk="gradio")
    api.upload_folder(repo_id="alice/greeter", repo_type="space", folder_path=sys.argv[1])
    copy = Path(snapshot_download("alice/greeter", repo_type="space"))
    answer([
        api.space_info("alice/greeter").sdk,
        {name: (copy / name).read_text() for name in ("README.md", "app.py", "requirements.txt")},
    ])
    """,
        folder,
    )
    assert sdk == "gradio"
    assert files == APP
