"""The page `requests`."""
