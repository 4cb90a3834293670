"""Online payments: links to pay under, attempts begun, callbacks received, banks asked until they say what became of
them.
"""
