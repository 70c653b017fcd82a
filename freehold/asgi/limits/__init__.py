"""How often one caller may ask, by classes of requests."""
