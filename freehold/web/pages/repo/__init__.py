"""The page `repo`."""
