"""The page `listing`."""
