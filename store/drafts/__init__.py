"""Drafts of citizens' forms."""
