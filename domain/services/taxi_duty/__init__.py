"""Duties of taxis, a look-up."""
