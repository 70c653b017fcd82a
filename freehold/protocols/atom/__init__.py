"""Atom feeds of what changes on this hub."""
