"""The page `identity`."""
