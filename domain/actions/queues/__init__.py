"""Queues: what each member of the staff sees, filters read, pages of work."""
