"""Git objects and packs as values."""
