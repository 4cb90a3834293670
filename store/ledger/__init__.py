"""The ledger: its entries, how they are compared with the books, and receipts without a bill."""
