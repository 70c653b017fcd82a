"""The page `report`."""
