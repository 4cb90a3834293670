"""Registries: rows found, entered, imported; duties, fines, expiries."""
