"""Asking the directory that the operator named, and no other."""
