"""The page `security`."""
