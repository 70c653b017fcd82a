"""The page `second_factor`."""
