"""Pieces that several pages share: Jinja macros, their style, and the values that they show."""
