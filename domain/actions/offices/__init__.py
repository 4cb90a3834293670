"""Counter offices: accounts, statements, tills."""
