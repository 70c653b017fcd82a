"""Where bytes and rows lie."""
