"""Outgoing messages: queued, rerouted, sent again."""
