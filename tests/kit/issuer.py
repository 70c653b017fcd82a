"""An issuer of identity tokens on the loopback interface, as a CI has one: its document, its keys, its signatures."""

import itertools
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from freehold.wire.oauth.jose import make_key, public_jwk, sign
from tests.kit.loopback import Loopback


class Issuer(Loopback):
    """`asked` counts the questions that it was asked; `speaks_for` is whom its document names."""

    def __init__(self) -> None:
        self.key = make_key()
        self.asked: list[str] = []
        self.speaks_for: str | None = None
        self._numbers = itertools.count()
        issuer = self

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.asked.append(self.path)
                known = {"/.well-known/openid-configuration": issuer.document(), "/keys": issuer.keys()}
                body = json.dumps(known.get(self.path)).encode()
                self.send_response(200 if self.path in known else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(ThreadingHTTPServer(("127.0.0.1", 0), Door))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def document(self) -> dict[str, Any]:
        return {"issuer": self.speaks_for or self.url, "jwks_uri": f"{self.url}/keys"}

    def keys(self) -> dict[str, Any]:
        return {"keys": [public_jwk(*self.key)]}

    def token(self, audience: str, **claims: Any) -> str:
        """A fresh token; a claim that is None is left out."""
        now = int(time.time())
        usual = {"iss": self.url, "aud": audience, "sub": "job", "jti": f"j{next(self._numbers)}",
                 "iat": now, "exp": now + 300}  # fmt: skip
        return sign({name: value for name, value in (usual | claims).items() if value is not None}, *self.key)
