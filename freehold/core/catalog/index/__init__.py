"""The derived index of what can be found: made from the rows, kept beside them, and always makeable again."""
