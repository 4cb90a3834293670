"""Messages: the catalogue of texts with their part budgets, rows of inbox and outbox, keyboards, and the ports to the
carriers that send.

Imports `values`.
"""
