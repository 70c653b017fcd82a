"""`freehold serve` and `freehold worker`."""

import contextlib
import gc
import os
import shutil
import signal
import threading
from dataclasses import fields, replace
from pathlib import Path

import uvicorn

from freehold.app import build, open_accounts
from freehold.asgi.logs import configure
from freehold.base.errors import Conflict
from freehold.cli.addresses import address, link_url, note_address
from freehold.cli.serving import Server, options
from freehold.core.accounts.actor import SYSTEM
from freehold.settings import Settings

ADMIN = "admin"


def serve(settings: Settings) -> None:
    """Run the hub until it is told to stop."""
    configure(settings.log_format)
    _collect_garbage_again()
    link = first_admin(settings)
    if settings.workers > 1:
        greet(settings, link)
        _several(settings)
        return
    server = Server(
        uvicorn.Config(build(settings).app, **options(settings.host, settings.port)),
        lambda port: greet(replace(settings, port=port), link),
    )
    with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is how a person ends it
        server.run()
    if not server.started:
        raise SystemExit(3)


def first_admin(settings: Settings) -> str | None:
    """On a hub without an administrator make one, and the secret of a link to sign in."""
    accounts = open_accounts(settings)
    try:
        if accounts.people.any_admin():
            return None
        try:
            accounts.people.add_user(SYSTEM, ADMIN, admin=True)
        except Conflict:
            # Another process that starts on the same database was faster; it prints the link.
            if accounts.people.any_admin():
                return None
            raise
        return accounts.sessions.make_link(SYSTEM, ADMIN)
    finally:
        accounts.close()


def greet(settings: Settings, link: str | None) -> None:
    """Say on standard output that the server is ready, and what a user needs."""
    note_address(settings)
    url = address(settings)
    lines = [f"Freehold is ready at {url}"]
    if link is not None:
        lines += ["", f"Sign in as {ADMIN}, once and within three days:", f"  {link_url(settings, link)}"]
    lines += [
        "",
        f"Point clients here:  export HF_ENDPOINT={url}",
        f"Get a token:         {url}/settings/tokens  or  freehold token add {ADMIN} --data {settings.data}",
        *([f"Git by SSH:          ssh://git@{settings.host}:{settings.ssh_port}/"] if settings.ssh_port else []),
        f"Upload something:    HF_TOKEN=hf_… hf upload {ADMIN}/my-first-model ./folder",
        "",
    ]
    print("\n".join(lines), flush=True)


def work(settings: Settings) -> None:
    """Do background jobs until SIGTERM or SIGINT, then end the one in progress."""
    configure(settings.log_format)
    _collect_garbage_again()
    house = build(settings)
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    house.start_work()
    stop.wait()
    house.stop_work()
    house.rooms.close()


def _collect_garbage_again() -> None:
    """What was imported stays for ever, so the collector need not look at it (`__main__` had switched it off)."""
    gc.freeze()
    gc.enable()


def _several(settings: Settings) -> None:
    """Processes of their own, each with the whole house in it; they find their settings in the environment."""
    measurements = Path(settings.data, "run", "metrics").absolute()
    shutil.rmtree(measurements, ignore_errors=True)
    measurements.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(measurements)
    os.environ |= {f"FREEHOLD_{field.name.upper()}": str(getattr(settings, field.name)) for field in fields(settings)}
    os.environ.pop("FREEHOLD_CONFIG", None)
    uvicorn.run(
        "freehold.app:application", factory=True, workers=settings.workers, **options(settings.host, settings.port)
    )
