"""Comments and ratings."""
