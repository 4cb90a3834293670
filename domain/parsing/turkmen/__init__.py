"""Turkmen: its words, and how a message in it is read as a Persian one (docs/decisions/0043)."""
