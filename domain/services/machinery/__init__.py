"""Machinery work."""
