"""The page `password`."""
