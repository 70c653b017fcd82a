"""The page `audit`."""
