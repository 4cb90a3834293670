"""Settlement files, their lines, and differences."""
