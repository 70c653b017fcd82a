"""Bytes under keys: one promise, kept by local disk, memory and S3."""
