"""The page `applications`."""
