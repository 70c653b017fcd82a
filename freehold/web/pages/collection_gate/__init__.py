"""The page `collection_gate`."""
