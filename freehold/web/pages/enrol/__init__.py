"""The page `enrol`."""
