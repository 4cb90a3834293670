"""Answers by which walks come to states of halls that few requests come to."""

WALK_ANSWERS = {"guests": ("400",)}
"""A large company, which the manager allows."""
