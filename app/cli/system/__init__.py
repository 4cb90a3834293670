"""Commands that set up, check and serve."""
