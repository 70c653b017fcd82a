"""Measurements against named peers, side by side in one run: `./dev bench`."""
