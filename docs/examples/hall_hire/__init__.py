"""Hire of a municipal hall: an afternoon for some guests, free of charge."""
