"""The page `gate`."""
