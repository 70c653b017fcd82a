"""Ollama signs in with the key that it makes for itself, once its owner has registered it like any other SSH key."""

import re

from starlette.requests import Request

from freehold.asgi.urls import base_url
from freehold.base.clock import Clock
from freehold.base.errors import BadCredentials
from freehold.core.accounts.keys import Keys
from freehold.core.accounts.passes import Passes
from freehold.wire.oci.signatures import is_signature, proven_key
from freehold.wire.publickeys import fingerprint

LATEST_S = 300
"""How far the clocks of client and hub may be apart: so long a signature can be shown."""

_SCOPE = re.compile(r"repository:([\w.-]+/[\w.-]+):pull", re.ASCII)


class SignIn:
    """Turns a signed request for a token into a pass that reads one repository."""

    def __init__(self, keys: Keys, passes: Passes, clock: Clock) -> None:
        self._keys = keys
        self._passes = passes
        self._clock = clock

    def pass_for(self, request: Request) -> str | None:
        """The pass, or None where nothing is signed. Raises BadCredentials for a bad signature or an unknown key."""
        header = request.headers.get("authorization", "")
        if not is_signature(header):
            return None
        query = request.query_params
        said, moment = query.get("ts", ""), self._clock() // 1_000_000
        if not re.fullmatch("[0-9]{1,12}", said) or abs(int(said) - moment) > LATEST_S:
            raise BadCredentials("The signature is too old, or of a clock that is wrong. Set the clock and ask again.")
        scope = _SCOPE.fullmatch(query.get("scope", ""))
        if scope is None:
            raise BadCredentials("The signature is for no repository. Ask for the model first, as `ollama pull` does.")
        blob = proven_key(header, f"{base_url(request)}/v2/token?{request.url.query}")
        who = self._keys.identify(fingerprint(blob))
        if who.kind == "deploy":
            raise BadCredentials(
                "A deploy key opens git and git-lfs only. Register Ollama's own key at /settings/keys."
            )
        return self._passes.make(who.key_id or "", f"/v2/{scope[1]}", may_write=False)
