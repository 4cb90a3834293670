"""Building blocks that declarations compose: asking, charging and paying, booking, visiting, papers pending, issuing.

Imports `language` and below.
"""
