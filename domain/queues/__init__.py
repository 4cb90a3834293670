"""Queues as data: which there are, how urgent a request is, filters, searches, saved views.

Imports `values`, `fields`, `requests`.
"""
