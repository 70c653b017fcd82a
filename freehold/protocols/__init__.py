"""The Hub's doors for programs."""
