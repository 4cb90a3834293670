"""Rules, declared days, texts, and their changes."""
