"""The operator's commands, each a thin call into the house."""

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Freehold: a hub for open AI on your own machine.")


@app.callback()
def _root() -> None:
    """Freehold: a hub for open AI on your own machine."""


def run() -> None:
    """Parse the command line and do what it says."""
    app()
