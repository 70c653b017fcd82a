"""The ground floor: names, errors, hashing and clocks; it knows nothing of hubs."""
