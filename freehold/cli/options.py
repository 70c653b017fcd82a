"""The options that every command has."""

from pathlib import Path

import click

data = click.option("--data", type=click.Path(path_type=Path), help="The folder of everything that is kept.")
config = click.option("--config", type=click.Path(path_type=Path), help="A TOML file of settings.")
