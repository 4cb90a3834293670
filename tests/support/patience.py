"""Patience of the tests with what has to come: the longer, the more processes want this machine."""

import os


def patient(seconds: float) -> float:
    """Return the limit for what takes so many seconds at most where nothing else runs."""
    return seconds * max(1.0, os.getloadavg()[0])
