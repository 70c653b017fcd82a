"""One folder a page; no page knows another."""
