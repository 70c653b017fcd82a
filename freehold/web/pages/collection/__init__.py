"""The page `collection`."""
