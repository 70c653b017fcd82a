"""The doors of the Xet content-addressed store."""
