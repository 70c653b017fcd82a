"""The page `api_reference`."""
