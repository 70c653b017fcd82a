"""The page `authorize`."""
