"""Machines, operators and officers, and the half-hour slots in which each is booked once.

Imports `values`.
"""
