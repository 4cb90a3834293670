"""Payments: attempts to pay online with what banks said of them, settlement files, and what differs."""
