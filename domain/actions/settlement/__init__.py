"""Settlement files: brought, examined, booked; and the daily reconciliation of gateway, files and ledger."""
