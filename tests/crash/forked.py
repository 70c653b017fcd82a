"""The hub as a process forked from one that has imported everything, so that it can be killed hundreds of times."""

import multiprocessing
import os
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from freehold.settings import Settings
from tests.kit.process import HubProcess, Running

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["freehold.cli.serve"])


class ForkedHub(HubProcess):
    """`freehold serve` as in `HubProcess`, without the second that its imports take."""

    def __init__(self, data: Path, **settings: Any) -> None:
        super().__init__(data)
        self.settings = Settings(data=data, host="127.0.0.1", port=self.port, **settings)

    def _spawn(self) -> Running:
        process = _FORKS.Process(target=_serve, args=(self.settings, self.log))
        process.start()
        return _Forked(process)


class _Forked:
    def __init__(self, process: BaseProcess) -> None:
        assert process.pid is not None
        self.pid = process.pid
        self._process = process

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float) -> int:
        self._process.join(timeout)
        assert self._process.exitcode is not None, "the hub does not end"
        return self._process.exitcode

    def terminate(self) -> None:
        self._process.terminate()


def _serve(settings: Settings, log: Path) -> None:
    os.setsid()
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    from freehold.cli.serve import serve

    serve(settings)
