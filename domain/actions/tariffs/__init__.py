"""Prices: proposed, approved, set, withdrawn."""
