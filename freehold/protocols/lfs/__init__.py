"""The doors of git-lfs."""
