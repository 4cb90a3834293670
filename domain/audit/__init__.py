"""The audit's entries, and verifications of the history.

Imports `values`.
"""
