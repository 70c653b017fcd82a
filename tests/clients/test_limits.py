"""Rate limits and the stock client: it says which limit was reached, and where it retries it waits as it is told."""

import time

import pytest

from tests.clients.client import ENVIRONMENTS, Client
from tests.kit.builders import a_model
from tests.kit.hub import TestHub

WINDOW_S = 5
FEW = {"rate_limits": "api=6, resolvers=3", "rate_limit_window_s": WINDOW_S, "rate_limit_exempt": ""}

pytestmark = [pytest.mark.clients, pytest.mark.parametrize("hub", [FEW], indirect=True, ids=["few"])]


def test_it_names_the_limit_and_waits_until_the_window_is_over(hub: TestHub, tmp_path):
    a_model(hub, files={f"{n}.txt": b"song" for n in range(5)})
    with hub.serve() as url:
        client = Client(ENVIRONMENTS / "new", tmp_path / "home", url, hub.token("alice"))
        started = time.monotonic()
        said = client.python(
            """
            import logging, tempfile
            from huggingface_hub import HfApi, hf_hub_download
            from huggingface_hub.errors import HfHubHTTPError

            printed = []
            class Keep(logging.Handler):
                def emit(self, record):
                    printed.append(record.getMessage())
            logging.getLogger("huggingface_hub").addHandler(Keep())

            def refusal(call):
                for _ in range(20):
                    try:
                        call()
                    except HfHubHTTPError as error:
                        return str(error)

            told = refusal(lambda: HfApi().model_info("alice/birds"))
            folder = tempfile.mkdtemp()
            files = [open(hf_hub_download("alice/birds", f"{n}.txt", cache_dir=folder)).read() for n in range(5)]
            answer([told, files, printed])
            """
        )
        took = time.monotonic() - started
    told, files, printed = said
    assert "you have reached your 'api' rate limit" in told
    assert f"(0/6 requests remaining in current {WINDOW_S}s window)" in told
    assert files == ["song"] * 5
    waits = [line for line in printed if line.startswith("Rate limited. Waiting")]
    assert waits, (printed, took)
    assert took >= float(waits[0].split()[3].removesuffix("s"))
