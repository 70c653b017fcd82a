"""What can be listed and found, already filtered to what the actor may see."""
