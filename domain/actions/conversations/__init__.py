"""Incoming texts and updates of bots: received once, understood, done, answered."""
