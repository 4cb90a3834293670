"""Reports: declared, added up, worded, kept; their lists of requests."""
