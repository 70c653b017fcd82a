"""The page `history`."""
