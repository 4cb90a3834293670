"""Counter offices: keys, networks, commission, calls made once, and their tills.

Imports `values`, `bills`.
"""
