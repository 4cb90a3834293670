"""Declared fields and forms: the types of what is asked, and how a form is read with all its faults.

Imports `values`, `parsing`, and the entities of other subjects.
"""
