"""Registries: lists, rows, forms, imports."""
