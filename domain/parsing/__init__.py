"""Reading of Persian (Latin, Turkmen) sentences: tokens, numerals, dates, hours, machines, plates, identifiers, the
answer to one asked question. Pure functions from text to values.

Imports `values`.
"""
