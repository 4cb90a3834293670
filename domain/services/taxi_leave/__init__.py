"""Leave of a taxi."""
