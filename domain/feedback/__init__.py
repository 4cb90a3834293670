"""Ratings and public comments.

Imports `values`, `requests`.
"""
