"""Bills, payments, refunds and receipts of terminals; the ports to the ledger's rows and to payment gateways.

Imports `values`.
"""
