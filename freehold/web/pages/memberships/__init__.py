"""The page `memberships`."""
