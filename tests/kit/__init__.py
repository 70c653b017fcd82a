"""The kit that tests are built from."""
