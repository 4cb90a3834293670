"""The server, access log, and the addresses that monitoring asks."""
