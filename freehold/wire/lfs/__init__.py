"""The documents of git-lfs as values."""
