"""The ledger for people: what accounts are called, periods, and the commission of a month."""
