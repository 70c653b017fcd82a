"""The page `style`."""
