"""Persons and members of the staff, substitutions, sessions of the staff's site and second factors.

Imports `values`.
"""
