"""Payments: settlement files of banks and gateways, and what differs."""
