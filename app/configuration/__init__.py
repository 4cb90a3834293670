"""Settings, and the proof that a configuration is sound."""
