"""Buttons of a messenger, derived from the state of the dialogue.

Imports `conversation` and below.
"""
