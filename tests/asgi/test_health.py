"""Whether the hub is alive, ready, and what it measured."""

from freehold.asgi import health
from freehold.asgi.metrics import Metrics
from freehold.base.errors import StorageFailed
from tests.asgi.asking import asking
from tests.kit.builders import a_model


def failing():
    raise StorageFailed("The store did not answer.")


def test_a_process_that_answers_is_alive_even_if_its_store_is_not(portal):
    client = asking(portal, health.routes(Metrics(lambda: (0, 0)), {"storage": failing, "database": lambda: None}))
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json() == {"status": "failing", "storage": "The store did not answer.", "database": "ok"}


def test_the_operator_sees_how_much_work_waits_even_while_the_database_is_down(portal):
    answers = iter([(3, 1), None])

    def jobs():
        answer = next(answers)
        if answer is None:
            failing()
        return answer

    client = asking(portal, health.routes(Metrics(jobs), {}))
    for _ in range(2):
        text = client.get("/metrics").text
        assert "freehold_jobs_pending 3.0" in text
        assert "freehold_jobs_dead 1.0" in text


def test_work_that_waits_is_counted(hub):
    a_model(hub)
    with hub.client() as client:
        assert "freehold_jobs_pending 0.0" not in client.get("/metrics").text
        hub.work()
        assert "freehold_jobs_pending 0.0" in client.get("/metrics").text


def test_measurements_name_routes_and_not_addresses(hub):
    with hub.client("alice") as client:
        client.get("/alice/secret-project")
        client.get("/healthz")
        text = client.get("/metrics").text
    assert 'freehold_requests_total{method="GET",route="/healthz",status="200"} 1.0' in text
    assert "secret-project" not in text
