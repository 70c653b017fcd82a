"""Connections, transactions and numbered plain-SQL migrations; a table is named after the room that owns it."""
