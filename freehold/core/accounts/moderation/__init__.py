"""What administrators of the hub do about accounts: shut them, let them in again, list what may not come."""
