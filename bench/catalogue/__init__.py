"""The catalogue with made-up repositories, up to two million: how soon lists, searches and counts are there."""
