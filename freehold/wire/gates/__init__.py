"""A gate's terms and the answers that people give to them, as values."""
