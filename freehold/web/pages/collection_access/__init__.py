"""The page `collection_access`."""
