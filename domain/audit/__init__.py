"""The audit's entries, read events, and verifications of the history.

Imports `values`.
"""
