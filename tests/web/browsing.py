"""A browser without windows: it keeps cookies, follows nothing by itself, and sends forms as pages offer them."""

import re
from html import unescape

import httpx

from tests.kit.hub import URL, TestHub

HEADERS = {"Accept": "text/html,application/xhtml+xml", "Sec-Fetch-Site": "same-origin"}
PASSWORD = "correct horse battery"


class Browser:
    """One visitor of the hub's pages."""

    def __init__(self, hub: TestHub) -> None:
        self.client: httpx.Client = hub.client()
        self.client.headers.update(HEADERS)

    def get(self, path: str, language: str = "en") -> httpx.Response:
        return self.client.get(path, headers={"Accept-Language": language})

    def token_on(self, path: str) -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', self.get(path).text)
        assert found, f"{path} has no form"
        return unescape(found.group(1))

    def post(self, path: str, *, on: str = "", token: str | None = None, **fields: str) -> httpx.Response:
        """Send a form to `path` with the token of the page `on`."""
        fields["csrf"] = self.token_on(on or path) if token is None else token
        return self.client.post(path, data=fields, headers={"Origin": URL})


def signed_in(hub: TestHub, name: str) -> Browser:
    """A browser in which `name` has used a one-time link."""
    browser = Browser(hub)
    link = f"/login/link/{hub.rooms.sessions.make_link(hub.actor('admin'), name)}"
    assert browser.post(link).status_code == 303
    return browser
