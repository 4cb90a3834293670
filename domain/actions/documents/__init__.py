"""Files that people send: scanned, cleaned and stored with their requests."""
