"""A real S3-compatible object store that a test session starts for itself."""

import json
import shutil
import socket
import subprocess
import sysconfig
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.kit.databases import free_port

ACCESS_KEY, SECRET_KEY = "hub", "hub-secret"

_SERVERS = ("master", "volume", "filer", "s3")


class ObjectStore:
    """SeaweedFS in a temporary folder; each `fresh` is a prefix of its own in one bucket."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="fh-s3-"))
        self._count = 0
        ports = {f"{server}.{port}": free_port() for server in _SERVERS for port in ("port", "port.grpc")}
        self.endpoint = f"http://127.0.0.1:{ports['s3.port']}"
        identity = {
            "name": "hub",
            "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
            "actions": ["Admin", "Read", "Write", "List"],
        }
        config = self.folder / "identities.json"
        config.write_text(json.dumps({"identities": [identity]}))
        options = [
            "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={self.folder}", "-s3", f"-s3.config={config}",
            "-master.telemetry=false", "-master.volumeSizeLimitMB=64", "-volume.max=50",
            "-s3.port.iceberg=0", "-s3.port.lance=0", *(f"-{name}={port}" for name, port in ports.items()),
        ]  # fmt: skip
        self._log = (self.folder / "log").open("wb")
        weed = Path(sysconfig.get_path("scripts")) / "weed"
        self._process = subprocess.Popen(
            [str(weed), "server", *options], stdout=self._log, stderr=subprocess.STDOUT, cwd=self.folder
        )
        self._wait(ports)

    def fresh(self) -> str:
        """The storage setting of a new, empty store."""
        self._count += 1
        return f"s3://hub/test-{self._count}?endpoint={self.endpoint}"

    def stop(self) -> None:
        """End the server and remove its folder."""
        self._process.kill()  # asked nicely it takes twenty seconds, to save what is removed next
        self._process.wait()
        self._log.close()
        shutil.rmtree(self.folder)

    def _wait(self, ports: dict[str, int]) -> None:
        """Until it answers and can place a file; the last thing to come up is a volume to write to."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self._process.poll() is None:
            if self._can_write(ports):
                return
            time.sleep(0.1)
        raise RuntimeError((self.folder / "log").read_text()[-3000:])

    def _can_write(self, ports: dict[str, int]) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", ports["s3.port"]), timeout=1):
                pass
            assign = f"http://127.0.0.1:{ports['master.port']}/dir/assign"
            with urllib.request.urlopen(assign, timeout=2) as answer:
                return b'"fid"' in answer.read()
        except OSError:
            return False
