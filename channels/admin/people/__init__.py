"""Accounts of the staff, and substitutes."""
