"""Asking other machines by HTTP: the one door out, which leads nowhere inside."""
