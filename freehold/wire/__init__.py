"""The protocols as values: bytes to models and back, without input or output."""
