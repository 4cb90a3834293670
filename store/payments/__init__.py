"""Attempts to pay at bank gateways, and links to pay under."""
