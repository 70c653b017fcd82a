"""The page `notifications`."""
