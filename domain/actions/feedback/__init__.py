"""Ratings and comments: given, moderated, shown."""
