"""Parts shared by the pages of papers: those of a form, and those of a request that was sent."""
