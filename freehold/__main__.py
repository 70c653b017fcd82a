"""`python -m freehold` and the `freehold` command."""

import gc


def main() -> None:
    """Run the command line."""
    # Imports make many objects and little garbage: collecting meanwhile only costs time to be ready.
    gc.disable()
    from freehold.cli.main import run  # noqa: PLC0415 - users of the package need not pay for the command line

    run()


if __name__ == "__main__":
    main()
