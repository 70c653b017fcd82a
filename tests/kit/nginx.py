"""nginx in front of a hub, as an operator would put it there: the hub lives below a path of a larger site."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.kit.process import free_port

# `proxy_pass` without a path hands the address on as it came: with one, nginx would decode `refs%2Fpr%2F1`.
_CONFIGURATION = """
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log; {user}
events {{ worker_connections 128; }}
http {{
  access_log off;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{
    listen 127.0.0.1:{port};
    client_max_body_size 0; proxy_request_buffering off; proxy_buffering off; proxy_http_version 1.1;
    location {prefix}/ {{
      proxy_pass http://127.0.0.1:{hub};
      proxy_set_header Host internal.invalid;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Prefix {prefix};
    }}
  }}
}}
"""


@contextmanager
def nginx(folder: Path, hub: int, prefix: str) -> Iterator[str]:
    """nginx that passes `prefix` on to the hub's port; gives the hub's address as clients see it."""
    port = free_port()
    folder.mkdir()
    user = "user root;" if os.geteuid() == 0 else ""
    file = folder / "nginx.conf"
    file.write_text(_CONFIGURATION.format(folder=folder, user=user, port=port, prefix=prefix, hub=hub))
    binary = shutil.which("nginx") or "/usr/sbin/nginx"
    process = subprocess.Popen([binary, "-p", str(folder), "-c", str(file)], stderr=subprocess.DEVNULL)
    try:
        _await(port)
        yield f"http://127.0.0.1:{port}{prefix}"
    finally:
        process.terminate()
        process.wait(20)


def _await(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("nginx did not start")
