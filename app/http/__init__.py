"""The server, proxies, access log, readiness."""
