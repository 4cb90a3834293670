"""Leases for running jobs, and the record of their runs.

Imports nothing of the domain.
"""
