"""Drafts: forms that citizens began on the portal, as far as they were filled in; the port to them.

Imports `values`.
"""
