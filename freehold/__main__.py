"""`python -m freehold` and the `freehold` command."""


def main() -> None:
    """Run the command line."""
    from freehold.cli.main import run  # noqa: PLC0415 - the command line costs imports that other users of the package need not pay

    run()


if __name__ == "__main__":
    main()
