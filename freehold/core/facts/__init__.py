"""Derived statements about one commit, made by declared, versioned steps; always makeable again."""
