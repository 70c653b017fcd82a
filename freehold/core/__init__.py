"""What the hub knows and decides."""
