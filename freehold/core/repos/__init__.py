"""The one gate to a repository."""
