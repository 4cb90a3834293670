"""Values that every other package of the domain speaks in: text, days, money, identifiers, codes, errors, who acts.

Imports nothing of the domain.
"""
