"""Settings: read from the environment, and what of them exposes or is a placeholder."""
