"""Sent and received messages."""
