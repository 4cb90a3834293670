"""Reports as data: facts, dimensions, figures, filters, and the rows that are added up.

Imports `values`, `fields`, `requests`, `registries`, `fleet`.
"""
