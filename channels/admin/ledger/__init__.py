"""The ledger: trial balance, entries, and receipts without a bill."""
