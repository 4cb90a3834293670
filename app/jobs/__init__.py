"""The scheduler, leases, and work that runs beside the server."""
