"""The page `likers`."""
