"""Lists of work, their counts and search words, saved views."""
