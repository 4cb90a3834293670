"""Pages about one service: its page, what it costs, and what people think of it."""
