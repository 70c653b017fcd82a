"""The page `profile_settings`."""
