"""Marks of what a page showed: a form brings its page's mark back, which tells whether anything changed since."""

import hashlib


def mark_of(*shown: object) -> str:
    """Return a mark of these values: it differs where one of them does, and is short enough for every form."""
    return hashlib.sha256("\0".join(map(str, shown)).encode()).hexdigest()[:16]
