"""Drafts of forms: begin one, save its sections, read it, take it up elsewhere, submit it, forget it."""
