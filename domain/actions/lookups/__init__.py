"""Questions that make no request, asked where no conversation is."""
