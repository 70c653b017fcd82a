"""The page `deploy_keys`."""
