"""The page `files`."""
