"""Who may run a job now, and what is known of its runs.

Imports nothing of the domain.
"""
