"""The page `sso`."""
