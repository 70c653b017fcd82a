"""Tests of organisations from within."""
