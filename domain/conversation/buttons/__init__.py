"""Buttons of a messenger, derived from where the dialogue stands.

Imports `conversation` and below.
"""
