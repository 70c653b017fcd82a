"""The page `home`."""
