"""What the pages of papers share: those of a form, and those of a request that was sent."""
