"""Where the second door to git is, and where that door finds the first."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where the door is (port 0: there is none). The hub by HTTP is at `url`, or else at `http_port` beside it."""

    host: str
    port: int
    url: str = ""
    http_port: int = 8000
    shared: bool = False
    """Several processes listen at the same port."""
