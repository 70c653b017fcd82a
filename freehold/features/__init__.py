"""What is built upon the core beside its faces; no feature knows HTTP, nor another feature."""
