"""The page `signup`."""
