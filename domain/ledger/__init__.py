"""The ledger: chart of accounts, entries that debit one account and credit another, and receipts without a bill.

Imports `values` and `bills`. Entries are made of bills, payments and refunds by `movements.py`; the store posts them in
the transaction that writes one of these (docs/ledger.md).
"""
