"""Freehold: a self-hosted hub for open AI, compatible with the Hugging Face Hub."""

__version__ = "0.1.0"
