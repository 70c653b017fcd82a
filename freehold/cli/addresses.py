"""The addresses that commands print."""

from pathlib import Path

from freehold.settings import Settings


def address(settings: Settings) -> str:
    """Where people find the hub: as configured, else where it was last served, else where it would be."""
    if settings.url:
        return settings.url.rstrip("/")
    if (noted := _note(settings)).is_file():
        return noted.read_text("utf-8").strip()
    return local_address(settings)


def local_address(settings: Settings) -> str:
    """Where this machine finds the hub."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}.get(settings.host, settings.host)  # noqa: S104 - not bound to, but replaced
    return f"http://{host}:{settings.port}"


def note_address(settings: Settings) -> None:
    """Remember where the hub is served, for the commands that print its address later."""
    note = _note(settings)
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(local_address(settings) + "\n", "utf-8")


def link_url(settings: Settings, secret: str) -> str:
    """The address of a one-time sign-in link."""
    return f"{address(settings)}/login/link/{secret}"


def _note(settings: Settings) -> Path:
    return settings.data / "run" / "address"
