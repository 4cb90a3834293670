"""Presses of a button that count as one."""

from datetime import timedelta

SAME_PRESS = timedelta(minutes=10)
"""Time within which a second click, or a colleague's, is the same press."""
