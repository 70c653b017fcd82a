"""A living example hub: who is in it, what they made and what they said of it, told through the house's own doors."""
