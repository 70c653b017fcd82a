"""The page `lineage`."""
