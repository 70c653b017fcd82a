"""The judge: scim2-tester, which asks a service everything that it says of itself."""

import httpx2
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server

from freehold.core.accounts.actor import SYSTEM


def test_the_testing_tool_finds_no_fault(hub):
    secret = hub.rooms.directory.credentials.add(SYSTEM, "judge")
    with hub.serve() as url:
        client = httpx2.Client(base_url=f"{url}/scim/v2", headers={"Authorization": f"Bearer {secret}"})
        scim = SyncSCIMClient(client)
        scim.discover()
        results = check_server(scim)
    assert len(results) > 60
    assert [(one.title, one.reason) for one in results if one.status != Status.SUCCESS] == []
