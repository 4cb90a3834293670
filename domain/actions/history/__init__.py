"""The history: sealed and verified."""
