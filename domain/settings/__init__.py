"""Runtime settings: the rules that a municipality sets for itself, changed texts, declared days.

Imports `values`, `parsing`, `fields`.
"""
