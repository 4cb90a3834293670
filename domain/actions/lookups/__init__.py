"""Questions that make no request: their answers, and the pages that ask them where no conversation is."""
