"""Renewed papers of drivers and taxis."""
