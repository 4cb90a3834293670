"""The page of a request with its steps, walk-in entry, printing."""
