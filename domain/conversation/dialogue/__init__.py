"""Meaning of a text after what was asked before: frames, the forms they fill, and the question that comes next."""
