"""A transfer agent for git-lfs, run by a client's own interpreter: it says what git-xet says, with hf-xet's own code.

git-xet itself comes only as a binary from its makers' site. Its requests are documented by its source (`git_xet` in
huggingface/xet-core): the first access token and the address of the CAS are in the action's headers, and the next token
comes from the action's `href`, asked for with the credentials that git has for the remote.
"""

import base64
import json
import subprocess
import sys
from typing import Any
from urllib.parse import urlsplit

import hf_xet


def say(message: dict[str, Any]) -> None:
    """One line of git-lfs's protocol."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def authorization(url: str) -> str:
    """What git would send to this address."""
    parts = urlsplit(url)
    asked = f"protocol={parts.scheme}\nhost={parts.netloc}\n\n"
    done = subprocess.run(["git", "credential", "fill"], input=asked, capture_output=True, text=True, check=True)
    found = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    return "Basic " + base64.b64encode(f"{found['username']}:{found['password']}".encode()).decode()


def upload(request: dict[str, Any]) -> None:
    """One file, registered before the next one comes. With the argument `late` the first token is of no use."""
    action, header = request["action"], request["action"]["header"]
    first = {"token": header["X-Xet-Access-Token"], "token_expiry_unix_secs": int(header["X-Xet-Token-Expiration"])}
    assert header["X-Xet-Session-Id"]
    if "late" in sys.argv:
        first["token_expiry_unix_secs"] = 1
    session = hf_xet.XetSession()
    with session.new_upload_commit(
        endpoint=header["X-Xet-Cas-Url"],
        token_refresh_url=action["href"],
        token_refresh_headers={"Authorization": authorization(action["href"])},
        **first,
    ) as commit:
        handle = commit.start_upload_file(request["path"], sha256=hf_xet.COMPUTE_SHA256)
    assert handle.result().xet_info.sha256 == request["oid"]


def main() -> None:
    """Answer git-lfs until it says goodbye."""
    began = json.loads(sys.stdin.readline())
    assert began["event"] == "init" and began["operation"] == "upload"
    say({})
    for line in sys.stdin:
        request = json.loads(line)
        if request["event"] == "terminate":
            return
        say({"event": "progress", "oid": request["oid"], "bytesSoFar": 1, "bytesSinceLast": 1})
        upload(request)
        say({"event": "complete", "oid": request["oid"]})


if __name__ == "__main__":
    main()
