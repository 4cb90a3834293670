"""Lookups of a service on the portal, which make no request: duties of a vehicle, say."""
