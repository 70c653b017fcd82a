"""The pages of a bucket in a real Chromium: quiet, themed, narrow and wide, and whole without script."""

import pytest

from tests.kit.buckets import a_bucket
from tests.pages.conftest import follow

pytestmark = pytest.mark.pages

PATHS = ("/buckets", "/buckets/alice/shelf", "/buckets/alice/shelf/tree/logs", "/alice", "/new?kind=bucket")
FILES = {
    "logs/one.log": b"1",
    "checkpoints/step-1/model.safetensors": b"2" * 2_000_000,
    "a-name-without-any-space-that-is-longer-than-any-narrow-window-is-wide-by-far.parquet": b"3",
    "notes.txt": b"hello",
}


@pytest.fixture
def shelf(hub):
    a_bucket(hub, "alice/empty", visibility="private")
    return a_bucket(hub, files=FILES)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_they_are_quiet_and_fit(opened, shelf, theme, width):
    with opened(viewport={"width": width, "height": 800}, color_scheme=theme) as window:
        window.sign_in()
        for path in (*PATHS, "/buckets/alice/shelf/settings", "/buckets/alice/empty"):
            window.go(path)
            assert window.page.evaluate("document.documentElement.scrollWidth") <= width, path
        window.assert_quiet()


def test_one_is_made_looked_into_and_deleted_without_script(opened, shelf):
    with opened(java_script_enabled=False) as window:
        window.sign_in()
        window.go("/new?kind=bucket")
        window.page.fill("#name", "made")
        follow(window.page.get_by_role("button", name="Create"))
        assert window.page.url.endswith("/buckets/alice/made")
        follow(window.page.get_by_role("link", name="Settings"))
        window.page.fill("#name", "alice/made")
        follow(window.page.get_by_role("button", name="Delete for good"))
        follow(window.page.get_by_role("link", name="shelf"))
        follow(window.page.get_by_role("link", name="checkpoints"))
        follow(window.page.get_by_role("link", name="step-1"))
        assert window.page.get_by_role("link", name="model.safetensors").first.is_visible()
        window.assert_quiet()
