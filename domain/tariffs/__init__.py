"""Tariffs and quotes: dated prices, bands, and amounts that can be explained years later.

Imports `values`.
"""
