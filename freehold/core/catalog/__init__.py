"""What can be listed and found; every query is already filtered to what the actor may see."""
