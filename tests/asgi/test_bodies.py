"""Small bodies: handed over whole, and refused as soon as they are too long."""

from starlette.responses import PlainTextResponse

from freehold.asgi.bodies import taking_bytes
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from tests.asgi.asking import asking


def echo(_request, body):
    return PlainTextResponse(body)


def test_a_body_comes_whole_up_to_the_limit_and_not_beyond(portal):
    client = asking(portal, [Route("/echo", taking_bytes(echo, 8), needs=Need.NOTHING, methods=["POST"])])
    assert client.post("/echo", content=b"12345678").content == b"12345678"
    refused = client.post("/echo", content=iter([b"12345", b"6789"]))
    assert refused.status_code == 413
    assert "8 bytes" in refused.json()["error"]
