"""Counter offices, commission, statements, tills."""
