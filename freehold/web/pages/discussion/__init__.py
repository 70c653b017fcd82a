"""One discussion or pull request: its thread, its commits, what it changes, and its forms."""
