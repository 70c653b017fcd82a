"""Organisations from within: who belongs to them, in which teams and groups, and what they have proven."""
