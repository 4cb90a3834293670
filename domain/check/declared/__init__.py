"""Checks of the names and needs of a declaration: fields, prices, registers, rules, kept values and moments that there
are.

Imports the ways through a service (`domain/check/walk.py`) and the language of declarations.
"""
