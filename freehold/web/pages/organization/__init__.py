"""The page `organization`."""
