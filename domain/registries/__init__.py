"""Registries as data: declarations, rows, rules of change, sheets and imports.

Imports `values`, `parsing`, `fields`, `fleet`, `messages`, `tariffs`.
"""
