"""The table of contents, and the page that is generated from it."""

import subprocess
import sys
from pathlib import Path

from tests.kit.hub import TestHub


def test_the_documentation_agrees_with_the_routes_and_their_tests() -> None:
    root = Path(__file__).resolve().parents[3]
    command = [sys.executable, "-m", "tools.hubapi", "--check"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_declared_route_is_in_the_house(hub: TestHub) -> None:
    from tools.hubapi import table

    served = {(method, route.path) for route in hub.house.routes for method in route.methods or ()}
    for line in table():
        for route in line.routes():
            for method in line.methods:
                assert (method, route.path) in served


def test_a_face_that_is_not_here_is_a_404_with_a_sentence(hub: TestHub) -> None:
    with hub.client() as client:
        answer = client.get("/api/models/alice/birds/no-such-thing")
    assert answer.status_code == 404
    assert answer.json()["error"]
