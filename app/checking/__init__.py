"""Checks before a process serves: of its configuration, of what that leads to, and of its secret key."""
