"""The scheduler, leases, and the jobs that run beside the server."""
