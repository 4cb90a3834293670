"""The range of the keys of rows."""

HIGHEST_ID = 2**63 - 1
"""No key of a row is higher (`IdGenerator`)."""
