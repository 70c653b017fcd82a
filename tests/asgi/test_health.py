"""Whether the hub is alive, ready, and what it measured."""

from freehold.asgi import health
from freehold.asgi.metrics import Metrics
from freehold.base.errors import StorageFailed
from tests.asgi.asking import asking


def failing():
    raise StorageFailed("The store did not answer.")


def test_a_process_that_answers_is_alive_even_if_its_store_is_not(portal):
    client = asking(portal, health.routes(Metrics(), {"storage": failing, "database": lambda: None}))
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json() == {"status": "failing", "storage": "The store did not answer.", "database": "ok"}


def test_measurements_name_routes_and_not_addresses(hub):
    with hub.client("alice") as client:
        client.get("/alice/secret-project")
        client.get("/healthz")
        text = client.get("/metrics").text
    assert 'freehold_requests_total{method="GET",route="/healthz",status="200"} 1.0' in text
    assert "secret-project" not in text
