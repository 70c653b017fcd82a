"""Reports of people about what they saw, and what administrators of the hub do about it."""
