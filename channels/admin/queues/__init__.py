"""Work queues, their filters and search."""
